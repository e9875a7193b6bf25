import type { CompiledQuery, DatabaseConnection, QueryResult, SqliteDatabase } from 'kysely'
import { Batch, type Statement } from '../batch.ts'

/** The one connection of a SQLite database: as Kysely's own, but it knows a batch. A fault rejects; nothing is thrown. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: SqliteDatabase

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (!(query instanceof Batch)) return this.#run(query)
    return { rows: query.statements.map((statement) => this.#run(statement)) as Row[] }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    for (const row of this.#database.prepare(query.sql).iterate(query.parameters)) yield { rows: [row as Row] }
  }

  #run<Row>({ sql, parameters }: Statement): QueryResult<Row> {
    const statement = this.#database.prepare(sql)
    if (statement.reader) return { rows: statement.all(parameters) as Row[] }
    const { changes, lastInsertRowid } = statement.run(parameters)
    return { rows: [], insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes) }
  }
}
