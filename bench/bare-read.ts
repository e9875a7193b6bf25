// What `history export` is measured against: every row of the event table in key order, by a prepared statement, and nothing else.
// Called by export.ts: DATABASE_FILE. Prints how many rows there were and the bytes of their values.
import { DatabaseSync } from 'node:sqlite'

const database = new DatabaseSync(process.argv[2]!, { readOnly: true })
let rows = 0
let bytes = 0
for (const row of database.prepare('select * from events order by topic, partition, seq').iterate()) {
  rows++
  bytes += Buffer.byteLength(row['value'] as string)
}
console.log(JSON.stringify({ rows, bytes }))
database.close()
