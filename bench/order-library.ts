// What orders.ts measures of ours: the shop's own command by the library, without HTTP, so many at once.
// Called by orders.ts with a task. Prints what the orders after the warm-up took.
import { planOrders } from './support/order-plans.ts'
import { openOrderShop } from './support/order-shop.ts'
import { readTask } from './support/order-task.ts'
import { startWatch } from './support/record-watch.ts'
import { runSideBySide } from './support/side-by-side.ts'

const task = readTask()
const plans = planOrders(task)
const shop = await openOrderShop(task)
const watch = startWatch(task.warmup)
let done = 0
await runSideBySide(plans, task.clients, async (plan) => {
  await shop.order(plan)
  watch.at(++done)
})
console.log(JSON.stringify(watch.taken()))
await shop.close()
