// What `history export` is measured against: every row of the topic in the event table, in key order, by a prepared statement, and nothing else.
// Called by export.ts: DATABASE_FILE. Prints how many rows there were and the bytes of their values.
import { DatabaseSync } from 'node:sqlite'

const database = new DatabaseSync(process.argv[2]!, { readOnly: true })
// Pages of arrays: of what node:sqlite offers, the fastest (`iterate()`, and objects for rows, take half as long again).
const page = database.prepare(
  `select * from events where topic = 'user-events' and (partition, seq) > (?, ?) order by partition, seq limit 1000`,
)
page.setReturnArrays(true)
const valueColumn = page.columns().findIndex(({ name }) => name === 'value')

let rows = 0
let bytes = 0
let last: readonly [number, number] = [-1, -1]
for (;;) {
  const found = page.all(...last) as unknown as readonly (readonly [string, number, number, ...unknown[]])[]
  if (found.length === 0) break
  for (const row of found) bytes += Buffer.byteLength(row[valueColumn] as string)
  rows += found.length
  last = found.at(-1)!.slice(1, 3) as [number, number]
}
console.log(JSON.stringify({ rows, bytes }))
database.close()
