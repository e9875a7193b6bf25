import { createTable, inSteps, step } from '@magasin/sql/schema-steps'
import type { MigrationSet } from '@magasin/sql/migrate'
import { sql, type RawBuilder } from 'kysely'

const exact = Number.MAX_SAFE_INTEGER

// The number of a generation is never used again: a writer that slept must not write into another one.
const generations = `(generation integer primary key autoincrement, fingerprint text not null,
  role text not null unique check (role in ('current', 'shadow')), answered integer not null)`

// What was dropped and is not swept away yet.
const dropped = `(generation integer primary key)`

const control = `(one integer primary key check (one = 1), requested integer not null, holder text, held_until integer not null)`

const positions = `(generation integer not null, topic text not null, partition integer not null,
  log_id text not null, seq integer not null, event_id text, primary key (generation, topic, partition))`

const scores = `(generation integer not null, ranking text not null, member integer not null,
  score integer not null check (score between -${exact} and ${exact}), primary key (generation, ranking, member))`

// Since 0002 `documents`, and `record` is `document`.
const records = `(generation integer not null, record text not null, key integer not null, fields text not null,
  primary key (generation, record, key))`

// Holds only what shows, so that a page costs no more than the page.
const indexed = `(generation integer not null, index_name text not null, value integer not null, key integer not null,
  primary key (generation, index_name, key))`

const index = (name: string, on: string) =>
  step(sql`select 1 from sqlite_master where name = ${name}`, sql`create index ${sql.table(name)} on ${sql.raw(on)}`)

// SQLite undoes a migration that is cut short, so nobody looks whether it was done.
const renamed = (statement: RawBuilder<unknown>) => step(sql`select 1`, statement)

export const readModelMigrations: MigrationSet = {
  name: 'read_models',
  migrations: {
    '0001-generations': inSteps(
      createTable('generations', generations),
      createTable('dropped', dropped),
      createTable('control', control),
      step(sql`select 1 from control`, sql`insert into control values (1, 0, null, 0)`),
      createTable('positions', positions),
      createTable('scores', scores),
      index('scores_best', 'scores (generation, ranking, score desc, member)'),
      createTable('records', records),
      createTable('indexed', indexed),
      index('indexed_order', 'indexed (generation, index_name, value, key)'),
    ),
    '0002-documents': inSteps(
      renamed(sql`alter table records rename to documents`),
      renamed(sql`alter table documents rename column record to document`),
    ),
  },
}
