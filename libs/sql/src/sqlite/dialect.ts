import type { DatabaseSync, StatementSync, SQLInputValue } from 'node:sqlite'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
} from 'kysely'
import { SqliteConnection } from './connection.ts'
import { translated } from './faults.ts'

// Enough for every statement of a service, the many lengths of a multi-row insert included; a statement holds a few kB.
const cachedStatements = 500

/**
 * Kysely's own SQLite dialect on node:sqlite. A transaction begins IMMEDIATE: a deferred one that reads first and writes later
 * fails with SQLITE_BUSY at once if another connection wrote in between, for any timeout.
 */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: DatabaseSync
  readonly #adapted: SqliteDatabase

  constructor(database: DatabaseSync) {
    const adapted = withStatementCache(database)
    super({ database: adapted })
    this.#database = database
    this.#adapted = adapted
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#database, this.#adapted)
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter()
  }
}

/** SQLite rolls back a change of the schema like any other; Kysely's adapter says otherwise to be careful. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  readonly #connection: SqliteConnection

  constructor(database: DatabaseSync, adapted: SqliteDatabase) {
    super({ database: adapted })
    this.#database = database
    this.#connection = new SqliteConnection(adapted)
  }

  override acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection)
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** A full disk or a failed flush may have rolled back already; a second rollback would fail, and hide why. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }
}

function withStatementCache(database: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, ReturnType<typeof adapt>>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = cache.get(sql) ?? adapt(translated(() => database.prepare(sql)))
      // Put last again, so that the first one is the least recently used.
      cache.delete(sql)
      cache.set(sql, statement)
      if (cache.size > cachedStatements) cache.delete(cache.keys().next().value!)
      return statement
    },
  }
}

function adapt(statement: StatementSync) {
  const columns = statement.columns().map(({ name }) => name)
  // Rows as arrays cost node:sqlite much less than as objects; and these objects are plain ones, its own have no prototype.
  statement.setReturnArrays(true)
  const rowOf = (cells: unknown): Record<string, unknown> => {
    const row: Record<string, unknown> = {}
    for (const [i, name] of columns.entries()) row[name] = (cells as readonly unknown[])[i]
    return row
  }
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: columns.length > 0,
    all: (parameters: readonly unknown[]) => translated(() => statement.all(...values(parameters)).map(rowOf)),
    run: (parameters: readonly unknown[]) => translated(() => statement.run(...values(parameters))),
    *iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
      for (const cells of statement.iterate(...values(parameters))) yield rowOf(cells)
    },
  }
}
