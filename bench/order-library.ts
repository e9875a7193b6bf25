// What orders.ts measures of ours: the shop's own command by the library, without HTTP, so many at once.
// Called by orders.ts: DATA_FOLDER DATABASE|- COUNT WARM_UP IN_FLIGHT any|hot, with nothing there. Prints what the orders after the warm-up took.
import { planOrders, type OrderKind } from './support/order-plans.ts'
import { openOrderShop } from './support/order-shop.ts'
import { startWatch } from './support/record-watch.ts'
import { runSideBySide } from './support/side-by-side.ts'

const [dataDir = '', database = '', count = '', warmUp = '', inFlight = '', kind = ''] = process.argv.slice(2)
const plans = planOrders(Number(warmUp) + Number(count), kind as OrderKind)
const shop = await openOrderShop({ dataDir, mysql: database === '-' ? undefined : database })
const watch = startWatch(Number(warmUp))
let done = 0
await runSideBySide(plans, Number(inFlight), async (plan) => {
  await shop.order(plan)
  watch.at(++done)
})
console.log(JSON.stringify(watch.taken()))
await shop.close()
