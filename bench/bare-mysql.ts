// What POST /users on services is measured against: the same user row and the same event row by the bare driver, one transaction each,
// so many in flight, prepared statements, and no counter: the numbers of the events are made here, which only one process can do.
// Called by services.ts: DATABASE COUNT WARM_UP IN_FLIGHT, with the store's tables there. Prints what the rows after the warm-up took.
import { createPool } from 'mysql2/promise'
import { insertEvent } from './support/insert-event.ts'
import { startWatch } from './support/record-watch.ts'
import { numberUsers, type UserRows } from './support/user-rows.ts'

const [location = '', count = '', warmUp = '', inFlight = ''] = process.argv.slice(2)
const rowsOf = numberUsers({ commandNo: 0, seqs: new Map() })
// Made beforehand: the loop is to be as bare as it can be.
const rows = Array.from({ length: Number(warmUp) + Number(count) }, (_, i) => rowsOf(i + 1))
const pool = createPool({ uri: location, connectionLimit: Number(inFlight) })

const insertUser = 'insert into users (id, name, email, email_key, user_type_id) values (?, ?, ?, ?, ?)'
const { text: insertRow } = insertEvent(rows[0]!.event)

async function insert({ user, event }: UserRows): Promise<void> {
  const connection = await pool.getConnection()
  await connection.beginTransaction()
  await connection.execute(insertUser, [user.id, user.name, user.email, user.email_key, user.user_type_id])
  await connection.execute(insertRow, Object.values(event))
  await connection.commit()
  connection.release()
}

const watch = startWatch(Number(warmUp))
let begun = 0
let done = 0
const worker = async (): Promise<void> => {
  for (let next = rows[begun++]; next !== undefined; next = rows[begun++]) {
    await insert(next)
    watch.at(++done)
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, worker))
console.log(JSON.stringify(watch.taken()))
await pool.end()
