import { randomBytes, randomUUID } from 'node:crypto'
import { eventTableSchema } from '@magasin/event-log/event-table-schema'
import type { MigrationSet } from '@magasin/sql/migrate'
import { addColumn, inSteps } from '@magasin/sql/schema-steps'
import { sql } from 'kysely'

/** The tables of the event store on SQLite. */
export const eventStoreMigrations: MigrationSet = {
  name: 'event_store',
  migrations: {
    '0001-event-store': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
        await db.insertInto('command_counter').values({ last_command: 0 }).execute()
        await db.insertInto('log_identity').values({ log_id: randomUUID() }).execute()
        await db
          .insertInto('store_secret')
          .values({ secret: randomBytes(32).toString('hex') })
          .execute()
      },
    },
    '0002-positions-of-answers': inSteps(addColumn('remembered_answers', 'positions', 'text')),
  },
}

const statements = [
  ...eventTableSchema.sqlite,
  `create table command_counter (last_command integer not null) strict`,
  `create table store_secret (secret text not null) strict`,
  `create table id_blocks (entity text primary key, next_id integer not null) strict, without rowid`,
  `create table remembered_answers (
    idempotency_key text not null,
    caller text not null,
    route text not null,
    fingerprint text not null,
    outcome text not null,
    forget_at integer,
    primary key (idempotency_key, caller, route)
  ) strict, without rowid`,
  `create index remembered_answers_by_age on remembered_answers (forget_at) where forget_at is not null`,
]
