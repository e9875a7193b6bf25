// What POST /users is measured against: the same rows by prepared statements, one commit each, and nothing else.
// Called by create-users.ts: DATA_FOLDER COUNT WARM_UP plain|keyed. Prints the seconds that COUNT commits took.
import { openStoreWriter } from './support/store-writer.ts'

const [dataDir = '', count = '', warmUp = '', kind = ''] = process.argv.slice(2)
const { database, rowsOf, insert, count: moveCounters, remember } = await openStoreWriter(dataDir, 'full')
const isKeyed = kind === 'keyed'
// Made beforehand: the loop is to be as bare as it can be.
const rows = Array.from({ length: Number(warmUp) + Number(count) }, (_, i) => rowsOf(i + 1))
const begin = database.prepare('begin immediate')
const commit = database.prepare('commit')

let started = 0
for (const [i, row] of rows.entries()) {
  if (i === Number(warmUp)) started = performance.now()
  begin.run()
  insert(row)
  if (isKeyed) remember(row)
  moveCounters(row)
  commit.run()
}
console.log((performance.now() - started) / 1_000)
database.close()
