// What orders on MariaDB are measured against: the same rows by the bare driver, one transaction each, so many in flight, prepared statements.
// With `isCounted` the numbers of the events are from the counters, as any number of processes could have them; else they are made here, which only
// one can. Called by orders.ts with a task. Prints what the orders after the warm-up took.
import { createPool, type PoolConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { planOrders } from './support/order-plans.ts'
import { nameOf, numberOrders, type OrderRows } from './support/order-rows.ts'
import { openOrderShop } from './support/order-shop.ts'
import { readTask } from './support/order-task.ts'
import { startWatch } from './support/record-watch.ts'
import { runSideBySide } from './support/side-by-side.ts'

const task = readTask()
await (await openOrderShop(task)).close()
const pool = createPool({ uri: task.database!, connectionLimit: task.clients })
const [counters] = await pool.query<RowDataPacket[]>('select topic, `partition`, last_seq from partition_counters')
const rowsOf = numberOrders(task.goods, new Map((counters as Counter[]).map((one) => [nameOf(one), one.last_seq])))
// Made beforehand: the loop is to be as bare as it can be.
const rows = planOrders(task).map(rowsOf)

interface Counter extends RowDataPacket {
  readonly topic: string
  readonly partition: number
  readonly last_seq: number
}

interface StockRow extends RowDataPacket {
  readonly available: number
  readonly reserved: number
}

const marks = (values: number): string => `(${Array.from({ length: values }, () => '?').join()})`
const times = (text: string, often: number): string => Array.from({ length: often }, () => text).join()
const namesOf = (row: object): string =>
  Object.keys(row)
    .map((name) => `\`${name}\``)
    .join()

const [{ order: anyOrder, stock: anyStock, events: anyEvents }] = rows as [OrderRows]
const width = anyStock.length
const holdUser = 'select * from users where id = ? for update'
const holdProducts = `select * from products force index (primary) where id in ${marks(width)} order by id for update`
const holdStock = `select * from stock force index (primary) where product_id in ${marks(width)} order by product_id for update`
const insertOrder = `insert into orders (${namesOf(anyOrder)}) values ${marks(Object.keys(anyOrder).length)}`
const setStock = `insert into stock (product_id, available, reserved) values ${times('(?, ?, ?)', width)}
  on duplicate key update available = values(available), reserved = values(reserved)`
const insertEvents = `insert into events (${namesOf(anyEvents[0]!)}) values ${times(marks(14), width + 1)}`
const moveSeq =
  'update partition_counters set last_seq = last_insert_id(last_seq + ?) where topic = ? and `partition` = ?'
const moveCommand = 'update command_counter set last_command = last_insert_id(last_command + 1)'

async function place({ order, lines, events, moves }: OrderRows): Promise<void> {
  const connection = await pool.getConnection()
  const ids = lines.map(({ product_id }) => product_id)
  await connection.beginTransaction()
  await connection.execute(holdUser, [order.user_id])
  await connection.execute(holdProducts, ids)
  const [held] = await connection.execute<RowDataPacket[]>(holdStock, ids)
  // Orders end in another order than they were made in: what is left of a product is what the row says.
  const left = lines.flatMap(({ product_id, quantity }, i) => {
    const { available, reserved } = held[i] as StockRow
    return [product_id, available - quantity, reserved + quantity]
  })
  await connection.execute(insertOrder, Object.values(order))
  await connection.execute(setStock, left)
  // Last, so that they are held for the shortest time.
  const numbered = task.isCounted === true ? await countEvents(connection, { events, moves }) : events
  await connection.execute(
    insertEvents,
    numbered.flatMap((event) => Object.values(event)),
  )
  await connection.commit()
  connection.release()
}

async function countEvents(connection: PoolConnection, { events, moves }: Pick<OrderRows, 'events' | 'moves'>) {
  const seqs = new Map<string, number>()
  for (const { topic, partition, by } of moves) {
    const [{ insertId }] = await connection.execute<ResultSetHeader>(moveSeq, [by, topic, partition])
    seqs.set(nameOf({ topic, partition }), insertId - by)
  }
  const [{ insertId: command_no }] = await connection.execute<ResultSetHeader>(moveCommand)
  return events.map((event) => {
    const seq = seqs.get(nameOf(event))! + 1
    seqs.set(nameOf(event), seq)
    return { ...event, seq, command_no }
  })
}

const watch = startWatch(task.warmup)
let done = 0
await runSideBySide(rows, task.clients, async (row) => {
  await place(row)
  watch.at(++done)
})
console.log(JSON.stringify(watch.taken()))
await pool.end()
