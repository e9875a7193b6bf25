import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2'
import { Batch, type Statement } from '../batch.ts'
import { translated, wasLost } from './faults.ts'
import { packetsOf, separator } from './packets.ts'
import type { Patience } from './patience.ts'

type Answer = RowDataPacket[] | ResultSetHeader

/** A connection of the pool. Once it failed it is never put back. */
export class MysqlConnection implements DatabaseConnection {
  readonly #raw: PoolConnection
  readonly #patience: Patience
  #isBroken = false

  private constructor(raw: PoolConnection, patience: Patience) {
    this.#raw = raw
    this.#patience = patience
    // The driver may tell of one loss more than once; an `error` that nobody hears would end the process.
    raw.on('error', () => (this.#isBroken = true))
  }

  /** Takes a new connection over; it is destroyed when it cannot be set up. No statement is waited for longer than `patience` allows. */
  static async setUp(raw: PoolConnection, settings: readonly string[], patience: Patience): Promise<MysqlConnection> {
    const connection = new MysqlConnection(raw, patience)
    try {
      for (const setting of settings) await connection.run(setting)
      return connection
    } catch (error) {
      raw.destroy()
      throw error
    }
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (query instanceof Batch) return { rows: (await this.#runTogether(query.statements)) as Row[] }
    return resultOf(await this.run(query.sql, query.parameters))
  }

  /** On connections that take more than one statement at once. The server stops at the first that fails, and answers with its fault. */
  async #runTogether(statements: readonly Statement[]): Promise<QueryResult<unknown>[]> {
    const texts = statements.values().map(({ sql, parameters }) => this.#raw.format(sql, [...parameters]))
    const results: QueryResult<unknown>[] = []
    for (const packet of packetsOf(texts)) {
      const answer: unknown = await this.run(packet.join(separator))
      const answers = (packet.length === 1 ? [answer] : answer) as readonly Answer[]
      for (const each of answers) results.push(resultOf(each))
    }
    return results
  }

  /** In one piece: what is long is read in pages. */
  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query)
  }

  /**
   * Sends one statement as text. Prepared statements are a fifth faster for a page of rows, but those of a group have a text for
   * each size of the group, and MySQL 8 refuses the number of a LIMIT as this driver sends it.
   */
  async run(sql: string, values: readonly unknown[] = []): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    // Our own: the driver's timer goes on after the connection was lost, and keeps the process from ending.
    const stopWatching = this.#patience(reject)
    this.#raw.query<Answer>(sql, [...values], (error, answer) => (error === null ? resolve(answer) : reject(error)))
    try {
      return await promise
    } catch (cause) {
      const error = translated(cause)
      this.#isBroken ||= wasLost(error)
      throw error
    } finally {
      stopWatching()
    }
  }

  /** Undoes the transaction; if that fails, the server undoes it when the connection ends. */
  async rollback(): Promise<void> {
    if (this.#isBroken) return
    await this.run('rollback').catch(() => (this.#isBroken = true))
  }

  /** Back to the pool, unless it failed. */
  giveBack(): void {
    if (this.#isBroken) this.#raw.destroy()
    else this.#raw.release()
  }
}

function resultOf<Row>(answer: Answer): QueryResult<Row> {
  if (Array.isArray(answer)) return { rows: answer as Row[] }
  return {
    rows: [],
    numAffectedRows: BigInt(answer.affectedRows),
    numChangedRows: BigInt(answer.changedRows),
    ...(answer.insertId > 0 && { insertId: BigInt(answer.insertId) }),
  }
}
