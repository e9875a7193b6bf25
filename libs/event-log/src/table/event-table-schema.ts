// A text of our own making, a byte for each character: a short key. All others are compared byte by byte by the database's default.
const ascii = 'character set ascii collate ascii_bin'

/** The statements that make the tables of `EventTables`, empty. On MySQL each commits by itself: one that was cut short is done again. */
export const eventTableSchema: Readonly<Record<'sqlite' | 'mysql', readonly string[]>> = {
  sqlite: [
    // WITHOUT ROWID: the rows of a partition lie together, in seq order, which is how everyone reads them.
    `create table events (
      topic text not null,
      partition integer not null,
      seq integer not null,
      command_no integer not null,
      command_index integer not null,
      event_id text not null unique,
      type text not null,
      stream text not null,
      stream_version integer not null,
      schema_version integer not null,
      time text not null,
      caused_by text,
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
    `create table log_identity (log_id text not null) strict`,
  ],
  mysql: [
    // InnoDB keeps rows in the order of the primary key: those of a partition lie together, in seq order, which is how everyone reads them.
    `create table if not exists events (
      topic varchar(100) ${ascii} not null,
      \`partition\` int not null,
      seq bigint not null,
      command_no bigint not null,
      command_index int not null,
      event_id char(36) ${ascii} not null unique,
      type varchar(100) ${ascii} not null,
      stream varchar(200) ${ascii} not null,
      stream_version bigint not null,
      schema_version int not null,
      time varchar(24) ${ascii} not null,
      caused_by char(36) ${ascii},
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
    `create table if not exists log_identity (
      one tinyint not null default 1 primary key,
      log_id char(36) ${ascii} not null
    ) engine = InnoDB`,
  ],
}
