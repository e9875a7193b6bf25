// What orders on SQLite are measured against: the same rows read and written by prepared statements, one commit each, and nothing else.
// Called by orders.ts with a task. Prints what the commits after the warm-up took.
import { planOrders } from './support/order-plans.ts'
import { nameOf, numberOrders, type OrderRows } from './support/order-rows.ts'
import { openOrderShop } from './support/order-shop.ts'
import { readTask } from './support/order-task.ts'
import { startWatch } from './support/record-watch.ts'
import { openBareSqlite } from './support/store-writer.ts'

const task = readTask()
await (await openOrderShop(task)).close()
const database = openBareSqlite(task.dataDir, 'full')
const counters = database
  .prepare('select topic, partition, last_seq from partition_counters')
  .all() as unknown as Counter[]
const rowsOf = numberOrders(task.goods, new Map(counters.map((one) => [nameOf(one), one.last_seq])))
// Made beforehand: the loop is to be as bare as it can be.
const rows = planOrders(task).map(rowsOf)

interface Counter {
  readonly topic: string
  readonly partition: number
  readonly last_seq: number
}

const marks = (values: number): string => Array.from({ length: values }, () => '?').join()
const begin = database.prepare('begin immediate')
const commit = database.prepare('commit')
const findUser = database.prepare('select * from users where id = ?')
const findProduct = database.prepare('select * from products where id = ?')
const findStock = database.prepare('select * from stock where product_id = ?')
const columns = Object.keys(rows[0]!.order)
const insertOrder = database.prepare(`insert into orders (${columns.join()}) values (${marks(columns.length)})`)
const setStock = database.prepare('update stock set available = ?, reserved = ? where product_id = ?')
const insertEvent = database.prepare(`insert into events values (${marks(14)})`)
const setSeq = database.prepare('update partition_counters set last_seq = ? where topic = ? and partition = ?')
const setCommand = database.prepare('update command_counter set last_command = ?')

function place({ order, stock, events, moves }: OrderRows): void {
  begin.run()
  findUser.get(order.user_id)
  for (const { product_id } of stock) findProduct.get(product_id)
  for (const { product_id } of stock) findStock.get(product_id)
  for (const { topic, partition, lastSeq } of moves) setSeq.run(lastSeq, topic, partition)
  setCommand.run(events[0]!.command_no)
  insertOrder.run(...Object.values(order))
  for (const { product_id, available, reserved } of stock) setStock.run(available, reserved, product_id)
  for (const event of events) insertEvent.run(...Object.values(event))
  commit.run()
}

const watch = startWatch(task.warmup)
for (const [i, row] of rows.entries()) {
  place(row)
  watch.at(i + 1)
}
console.log(JSON.stringify(watch.taken()))
database.close()
