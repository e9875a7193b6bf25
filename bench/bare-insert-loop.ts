// What POST /users is measured against: the same rows by prepared statements, one commit each, and nothing else.
// Called by create-users.ts: DATA_FOLDER COUNT WARM_UP plain|keyed. Prints what COUNT commits took.
import { startWatch } from './support/record-watch.ts'
import { openStoreWriter } from './support/store-writer.ts'

const [dataDir = '', count = '', warmUp = '', kind = ''] = process.argv.slice(2)
const { database, rowsOf, insert, count: moveCounters, remember } = await openStoreWriter(dataDir, 'full')
const isKeyed = kind === 'keyed'
// Made beforehand: the loop is to be as bare as it can be.
const rows = Array.from({ length: Number(warmUp) + Number(count) }, (_, i) => rowsOf(i + 1))
const begin = database.prepare('begin immediate')
const commit = database.prepare('commit')

const watch = startWatch(Number(warmUp))
for (const [i, row] of rows.entries()) {
  begin.run()
  insert(row)
  if (isKeyed) remember(row)
  moveCounters(row)
  commit.run()
  watch.at(i + 1)
}
console.log(JSON.stringify(watch.taken()))
database.close()
