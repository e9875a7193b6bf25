import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * One statement of a migration, and how to see that it was done. MySQL and MariaDB commit each statement of a schema by itself, so a
 * start that is cut short leaves a migration that is done in part; the next start looks, and does the rest.
 */
export interface SchemaStep {
  /** Asked on MySQL and MariaDB only: SQLite undoes a migration that is cut short. */
  isDone(db: Kysely<unknown>): Promise<boolean>
  run(db: Kysely<unknown>): Promise<unknown>
}

/**
 * A migration of steps, in their order; each is one statement, and leaves the next one possible if it was done before.
 * Whether a thing is there is judged by its name: in a database of our own only this migration can have made it.
 */
export function inSteps(...steps: readonly SchemaStep[]): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const { supportsTransactionalDdl: isUndone } = db.getExecutor().adapter
      for (const each of steps) if (isUndone || !(await each.isDone(db))) await each.run(db)
    },
  }
}

/** `definition` is what follows the name: columns and keys in brackets, and the engine's own options. */
export function createTable(table: string, definition: string): SchemaStep {
  return step(
    sql`select 1 from information_schema.tables where ${inThisDatabase(table)}`,
    sql`create table ${sql.table(table)} ${sql.raw(definition)}`,
  )
}

/** `definition` is the type and what else follows the name of a column: `integer not null default 0`. */
export function addColumn(table: string, column: string, definition: string): SchemaStep {
  return step(
    sql`select 1 from information_schema.columns where ${inThisDatabase(table)} and column_name = ${column}`,
    sql`alter table ${sql.table(table)} add column ${sql.ref(column)} ${sql.raw(definition)}`,
  )
}

export interface IndexDefinition {
  readonly name: string
  readonly columns: readonly string[]
  readonly isUnique?: boolean
}

export function addIndex(table: string, { name, columns, isUnique = false }: IndexDefinition): SchemaStep {
  return step(
    sql`select 1 from information_schema.statistics where ${inThisDatabase(table)} and index_name = ${name}`,
    sql`create ${sql.raw(isUnique ? 'unique index' : 'index')} ${sql.ref(name)}
      on ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})`,
  )
}

/** First rows, by a single INSERT; they are there if the table has any row. */
export function fillTable(table: string, insert: RawBuilder<unknown>): SchemaStep {
  return step(sql`select 1 from ${sql.table(table)} limit 1`, insert)
}

/** Any other statement: it was done if `look` finds a row. */
export function step(look: RawBuilder<unknown>, statement: RawBuilder<unknown>): SchemaStep {
  return {
    isDone: async (db) => (await look.execute(db)).rows.length > 0,
    run: (db) => statement.execute(db),
  }
}

const inThisDatabase = (table: string) => sql`table_schema = database() and table_name = ${table}`
