import { randomBytes, randomUUID } from 'node:crypto'
import type { MigrationSet } from '@magasin/sql/migrate'
import { sql } from 'kysely'

/** The tables of the event store on SQLite. */
export const eventStoreMigrations: MigrationSet = {
  part: 'event_store',
  migrations: {
    '0001-event-store': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
        await db.insertInto('commit_counter').values({ last_commit: 0 }).execute()
        await db.insertInto('log_identity').values({ log_id: randomUUID() }).execute()
        await db
          .insertInto('store_secret')
          .values({ secret: randomBytes(32).toString('hex') })
          .execute()
      },
    },
  },
}

const statements = [
  // WITHOUT ROWID: the rows of a partition lie together, in seq order, which is how everyone reads them.
  `create table events (
    topic text not null,
    partition integer not null,
    seq integer not null,
    commit_no integer not null,
    id text not null unique,
    type text not null,
    stream text not null,
    stream_version integer not null,
    schema_version integer not null,
    time text not null,
    traceparent text,
    value text not null,
    primary key (topic, partition, seq),
    unique (stream, stream_version)
  ) strict, without rowid`,
  `create table partition_counters (
    topic text not null,
    partition integer not null,
    last_seq integer not null,
    primary key (topic, partition)
  ) strict, without rowid`,
  `create table commit_counter (last_commit integer not null) strict`,
  `create table log_identity (log_id text not null) strict`,
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
