import type { MigrationSet } from '@magasin/sql/migrate'
import { sql } from 'kysely'

/** The tables of a subscriber. On MySQL each statement commits by itself: a start that was cut short does them again. */
export const subscriberMigrations: MigrationSet = {
  name: 'subscribers',
  migrations: {
    '0001-subscribers': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
      },
    },
  },
}

const statements = [
  `create table if not exists positions (
    group_name varchar(100) not null,
    topic varchar(100) not null,
    ${'`partition`'} integer not null,
    seq bigint not null,
    event_id varchar(36),
    log_id varchar(36) not null,
    primary key (group_name, topic, ${'`partition`'})
  )`,
  `create table if not exists parked_events (
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
    under_way_by varchar(36),
    primary key (group_name, topic, ${'`partition`'}, seq),
    -- Indexes by stream and by what is to be delivered, in the only words for them that SQLite and MySQL share.
    unique (group_name, topic, stream, ${'`partition`'}, seq),
    unique (group_name, redrive, topic, ${'`partition`'}, seq)
  )`,
]
