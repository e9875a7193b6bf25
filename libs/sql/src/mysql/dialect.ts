import {
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
} from 'kysely'
import { createPool, type Pool, type PoolConnection } from 'mysql2'
import { faultError } from '../fault-error.ts'
import { MysqlConnection } from './connection.ts'
import { mysqlFaultOf, UnansweredCommit } from './faults.ts'
import {
  connectionOptions,
  idleTimeoutMs,
  sessionSettings,
  type MysqlOptions,
  type SessionOptions,
} from './mysql-options.ts'
import { cannotConnect } from './cannot-connect.ts'
import type { Patience } from './patience.ts'

const defaultPoolSize = 10

export interface PoolOptions extends MysqlOptions, SessionOptions {
  readonly patience: Patience
}

/** Kysely's MySQL on a pool of mysql2. It tells a lost connection and a COMMIT without an answer from other faults. */
export class PooledMysqlDialect implements Dialect {
  readonly #options: PoolOptions

  constructor(options: PoolOptions) {
    this.#options = options
  }

  createDriver = (): Driver => new PooledMysqlDriver(this.#options)
  createAdapter = (): MysqlAdapter => new UnlockedAdapter()
  createQueryCompiler = (): MysqlQueryCompiler => new MysqlQueryCompiler()
  createIntrospector = (db: Kysely<unknown>): DatabaseIntrospector => new MysqlIntrospector(db)
}

/** Kysely would lock all migrations of a server against each other, and wait for an hour; `changeSchema` locks those of its database. */
class UnlockedAdapter extends MysqlAdapter {
  override acquireMigrationLock = (): Promise<void> => Promise.resolve()
  override releaseMigrationLock = (): Promise<void> => Promise.resolve()
}

class PooledMysqlDriver implements Driver {
  readonly #options: PoolOptions
  #pool: Pool | undefined
  readonly #known = new WeakMap<PoolConnection, MysqlConnection>()
  readonly #inUse = new Set<MysqlConnection>()
  readonly #allBack = Promise.withResolvers<void>()
  #isClosing = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Only now: Kysely ends a driver that it used, and no other. */
  init(): Promise<void> {
    const { name: database, poolSize: connectionLimit = defaultPoolSize } = this.#options
    // The driver looks for idle connections only if fewer than all may be idle.
    const maxIdle = connectionLimit - 1
    this.#pool = createPool({
      ...connectionOptions(this.#options),
      database,
      connectionLimit,
      maxIdle,
      idleTimeout: idleTimeoutMs,
      gracefulEnd: true,
      // For `runTogether`, which needs a transaction. Values are escaped here, so none of them can add a statement.
      multipleStatements: !this.#options.autocommit,
    })
    return Promise.resolve()
  }

  async acquireConnection(): Promise<MysqlConnection> {
    const raw = await this.#getConnection()
    const { patience } = this.#options
    const connection =
      this.#known.get(raw) ?? (await MysqlConnection.setUp(raw, sessionSettings(this.#options), patience))
    this.#known.set(raw, connection)
    this.#inUse.add(connection)
    return connection
  }

  async beginTransaction(connection: MysqlConnection): Promise<void> {
    if (this.#options.autocommit) await connection.run('begin')
  }

  async commitTransaction(connection: MysqlConnection): Promise<void> {
    try {
      await connection.run('commit')
    } catch (cause) {
      // A lost race is an answer: it is rolled back. After anything else it may be there or not.
      if (mysqlFaultOf(cause) === 'contended') throw cause
      throw faultError('unanswered', new UnansweredCommit('COMMIT was not answered', { cause }))
    }
  }

  rollbackTransaction(connection: MysqlConnection): Promise<void> {
    return connection.rollback()
  }

  releaseConnection(connection: MysqlConnection): Promise<void> {
    connection.giveBack()
    this.#inUse.delete(connection)
    if (this.#isClosing && this.#inUse.size === 0) this.#allBack.resolve()
    return Promise.resolve()
  }

  /** Waits for what is under way: the pool would cut a transaction between two statements. */
  async destroy(): Promise<void> {
    this.#isClosing = true
    if (this.#inUse.size > 0) await this.#allBack.promise
    await new Promise((resolve) => this.#pool!.end(resolve))
  }

  #getConnection(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#pool!.getConnection((error, connection) =>
        error === null ? resolve(connection) : reject(cannotConnect(this.#options, error)),
      )
    })
  }
}
