// Fills a store with users, each with its event, by bulk inserts through the real tables; Coolriel has handled them all.
// Called by export.ts and export-under-load.ts on a folder in which a shop has run: DATA_FOLDER EVENTS (in all).
import { join } from 'node:path'
import { openStoreWriter } from './support/store-writer.ts'

const [dataDir = '', events = ''] = process.argv.slice(2)
// What a power cut would leave of this store does not matter.
const { database, rowsOf, insert, count } = await openStoreWriter(dataDir, 'off')
const { last } = database.prepare('select coalesce(max(id), 0) as last from users').get() as { readonly last: number }

const perTransaction = 10_000
for (let id = last + 1; id <= Number(events);) {
  database.exec('begin immediate')
  for (const end = Math.min(Number(events), id + perTransaction - 1); id <= end; id++) {
    const rows = rowsOf(id)
    insert(rows)
    count(rows)
  }
  database.exec('commit')
}
database.prepare('update id_blocks set next_id = ? where entity = ?').run(Number(events) + 1, 'user')
database.exec('pragma wal_checkpoint(truncate); analyze')
database.exec(`attach '${join(dataDir, 'coolriel.db').replaceAll("'", "''")}' as coolriel`)
// A partition in which the seed has no event has no position yet.
database.exec(`insert or replace into coolriel.positions (group_name, topic, partition, seq, event_id, log_id)
  select group_name, counter.topic, counter.partition, last_seq, event_id, log_id
  from partition_counters as counter join (select distinct group_name, topic, log_id from coolriel.positions) using (topic)
    join events on events.topic = counter.topic and events.partition = counter.partition and seq = last_seq`)
database.close()
