import { createConnection } from 'mysql2/promise'
import { openMeasuredStore, type StoreLocation } from './library-path.ts'
import { openStoreWriter } from './store-writer.ts'
import { numberUsers, type UserRows } from './user-rows.ts'

/** One user, and how many events the stream has. */
export interface FilledStream {
  readonly id: number
  readonly events: number
}

const perTransaction = 1_000

/** Fills a new store with users and their events by bulk inserts, as if each event had been recorded by a command of its own. */
export async function fillDatabase(location: StoreLocation, streams: Iterable<FilledStream>): Promise<void> {
  // Makes the tables.
  await (await openMeasuredStore(location)).close()
  const { mysql, dataDir } = location
  await (mysql === undefined ? fillSqlite(dataDir, streams) : fillMysql(mysql, streams))
}

async function fillSqlite(dataDir: string, streams: Iterable<FilledStream>): Promise<void> {
  // What a power cut would leave of this store does not matter.
  const { database, rowsOf, insert, insertEvent, count } = await openStoreWriter(dataDir, 'off')
  for (const batch of batchesOf(streams, rowsOf)) {
    database.exec('begin immediate')
    for (const rows of batch) {
      if (rows.event.stream_version === 1) insert(rows)
      else insertEvent(rows)
      count(rows)
    }
    database.exec('commit')
  }
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

async function fillMysql(location: string, streams: Iterable<FilledStream>): Promise<void> {
  const connection = await createConnection(location)
  await connection.query('set foreign_key_checks = 0, unique_checks = 0')
  const last = { commandNo: 0, seqs: new Map<number, number>() }
  for (const batch of batchesOf(streams, numberUsers(last))) {
    await connection.beginTransaction()
    await connection.query('insert into events values ?', [batch.map(({ event }) => Object.values(event))])
    const users = batch.filter(({ event }) => event.stream_version === 1).map(({ user }) => user)
    const values = users.map(({ id, name, email, email_key, user_type_id }) => [
      id,
      name,
      email,
      email_key,
      user_type_id,
    ])
    if (values.length > 0)
      await connection.query('insert into users (id, name, email, email_key, user_type_id) values ?', [values])
    await connection.commit()
    for (const { event } of batch) last.seqs.set(event.partition, event.seq)
    last.commandNo += batch.length
  }
  for (const [partition, seq] of last.seqs)
    await connection.query('update partition_counters set last_seq = ? where topic = ? and `partition` = ?', [
      seq,
      'user-events',
      partition,
    ])
  await connection.query('update command_counter set last_command = ?', [last.commandNo])
  // The server would write the pages in the middle of what is measured.
  await connection.query('flush tables events, users for export')
  await connection.query('unlock tables')
  await connection.end()
}

function* batchesOf(
  streams: Iterable<FilledStream>,
  rowsOf: (id: number, version: number) => UserRows,
): Generator<readonly UserRows[]> {
  let batch: UserRows[] = []
  for (const { id, events } of streams)
    for (let version = 1; version <= events; version++) {
      batch.push(rowsOf(id, version))
      if (batch.length < perTransaction) continue
      yield batch
      batch = []
    }
  if (batch.length > 0) yield batch
}
