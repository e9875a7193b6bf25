import type { MigrationSet } from '@magasin/sql/migrate'
import { sql } from 'kysely'

/** The tables of a subscriber. */
export const subscriberMigrations: MigrationSet = {
  part: 'subscribers',
  migrations: {
    '0001-subscribers': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
      },
    },
  },
}

const statements = [
  `create table positions (
    group_name varchar(100) not null,
    topic varchar(100) not null,
    ${'`partition`'} integer not null,
    seq bigint not null,
    log_id varchar(36) not null,
    primary key (group_name, topic, ${'`partition`'})
  )`,
  `create table parked_events (
    group_name varchar(100) not null,
    topic varchar(100) not null,
    ${'`partition`'} integer not null,
    seq bigint not null,
    stream varchar(200) not null,
    type varchar(100) not null,
    record mediumtext not null,
    reason_code varchar(50),
    reason text,
    attempts integer not null,
    parked_at varchar(24) not null,
    redrive integer not null,
    primary key (group_name, topic, ${'`partition`'}, seq)
  )`,
  `create index parked_streams on parked_events (group_name, topic, stream)`,
]
