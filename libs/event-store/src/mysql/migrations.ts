import { randomBytes, randomUUID } from 'node:crypto'
import { eventTableSchema } from '@magasin/event-log/event-table-schema'
import type { MigrationSet } from '@magasin/sql/migrate'
import { addColumn, inSteps } from '@magasin/sql/schema-steps'
import { sql } from 'kysely'

/** The tables of the event store on MySQL and MariaDB. Each statement commits by itself, so a start that was cut short does them again. */
export const eventStoreMigrations: MigrationSet = {
  name: 'event_store',
  migrations: {
    '0001-event-store': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
        await db.insertInto('command_counter').ignore().values({ last_command: 0 }).execute()
        await db.insertInto('log_identity').ignore().values({ log_id: randomUUID() }).execute()
        await db
          .insertInto('store_secret')
          .ignore()
          .values({ secret: randomBytes(32).toString('hex') })
          .execute()
      },
    },
    '0002-positions-of-answers': inSteps(addColumn('remembered_answers', 'positions', 'mediumtext')),
  },
}

// Texts of our own making, a byte for each character: short keys. All others are compared byte by byte by the database's default.
const ascii = 'character set ascii collate ascii_bin'
// The key of a table of one row.
const oneRow = 'one tinyint not null default 1 primary key'

const statements = [
  ...eventTableSchema.mysql,
  `create table if not exists command_counter (${oneRow}, last_command bigint not null) engine = InnoDB`,
  `create table if not exists store_secret (${oneRow}, secret char(64) ${ascii} not null) engine = InnoDB`,
  `create table if not exists id_blocks (
    entity varchar(100) ${ascii} primary key,
    next_id bigint not null
  ) engine = InnoDB`,
  `create table if not exists remembered_answers (
    idempotency_key varchar(255) not null,
    caller varchar(100) ${ascii} not null,
    route varchar(200) ${ascii} not null,
    fingerprint varchar(64) ${ascii} not null,
    outcome mediumtext not null,
    forget_at bigint,
    primary key (idempotency_key, caller, route),
    index remembered_answers_by_age (forget_at)
  ) engine = InnoDB`,
]
