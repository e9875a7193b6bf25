import { randomBytes, randomUUID } from 'node:crypto'
import type { MigrationSet } from '@magasin/sql/migrate'
import { sql } from 'kysely'

/** The tables of the event store on MySQL and MariaDB. Each statement commits by itself, so a start that was cut short does them again. */
export const eventStoreMigrations: MigrationSet = {
  part: 'event_store',
  migrations: {
    '0001-event-store': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
        await db.insertInto('commit_counter').ignore().values({ last_commit: 0 }).execute()
        await db.insertInto('log_identity').ignore().values({ log_id: randomUUID() }).execute()
        await db
          .insertInto('store_secret')
          .ignore()
          .values({ secret: randomBytes(32).toString('hex') })
          .execute()
      },
    },
  },
}

// Texts of our own making, a byte for each character: short keys. All others are compared byte by byte by the database's default.
const ascii = 'character set ascii collate ascii_bin'
// The key of a table of one row.
const oneRow = 'one tinyint not null default 1 primary key'

const statements = [
  // InnoDB keeps rows in the order of the primary key: those of a partition lie together, in seq order, which is how everyone reads them.
  `create table if not exists events (
    topic varchar(100) ${ascii} not null,
    \`partition\` int not null,
    seq bigint not null,
    commit_no bigint not null,
    id char(36) ${ascii} not null unique,
    type varchar(100) ${ascii} not null,
    stream varchar(200) ${ascii} not null,
    stream_version bigint not null,
    schema_version int not null,
    time varchar(24) ${ascii} not null,
    traceparent varchar(100) ${ascii},
    value mediumtext not null,
    primary key (topic, \`partition\`, seq),
    unique (stream, stream_version)
  ) engine = InnoDB`,
  `create table if not exists partition_counters (
    topic varchar(100) ${ascii} not null,
    \`partition\` int not null,
    last_seq bigint not null,
    primary key (topic, \`partition\`)
  ) engine = InnoDB`,
  `create table if not exists commit_counter (${oneRow}, last_commit bigint not null) engine = InnoDB`,
  `create table if not exists log_identity (${oneRow}, log_id char(36) ${ascii} not null) engine = InnoDB`,
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
