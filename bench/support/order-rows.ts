import type { EventTables } from '@magasin/event-log/event-table'
import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import type { StoreTables } from '@magasin/store-manager/tables'
import { eventRow, placeOfEvent } from './event-row.ts'
import { newCustomer, newProduct, unitsThere, type OrderPlan } from './order-plans.ts'

/** What one order leaves in the store. */
export interface OrderRows {
  readonly lines: OrderPlan['lines']
  readonly order: StoreTables['orders']
  /** Of each product, as it is then, if orders come in their order. */
  readonly stock: readonly StoreTables['stock'][]
  readonly events: readonly EventTables['events'][]
  /** Where counters move, in the order in which they are locked: how many events each place gets, and its last number then. */
  readonly moves: readonly CounterMove[]
}

export interface CounterMove {
  readonly topic: string
  readonly partition: number
  readonly by: number
  readonly lastSeq: number
}

/** Makes the rows of planned orders as the event store would, numbering on in a shop that `openOrderShop` filled and nobody ordered from. */
export function numberOrders(goods: number, seqs: ReadonlyMap<string, number>): (plan: OrderPlan) => OrderRows {
  const last = new Map(seqs)
  const taken = new Map<number, { readonly units: number; readonly orders: number }>()
  let orders = 0
  return ({ user_id, lines }) => {
    const id = ++orders
    const stock = lines.map(({ product_id, quantity }) => {
      const before = taken.get(product_id) ?? { units: 0, orders: 0 }
      const reserved = before.units + quantity
      taken.set(product_id, { units: reserved, orders: before.orders + 1 })
      // The first event of its stream says how much there was.
      return { row: { product_id, available: unitsThere - reserved, reserved }, quantity, version: before.orders + 2 }
    })
    const placed = placedBy({ user_id, lines }, id)
    const told: readonly (readonly [ShopEvent, version: number])[] = [
      [placed, 1],
      ...stock.map(({ row: { product_id, available }, quantity, version }): [ShopEvent, number] => [
        { type: 'StockReserved', data: { product_id, order_id: id, quantity, available } },
        version,
      ]),
    ]
    const commandNo = 3 * goods + id
    const events = told.map(([event, version], index) => {
      const place = nameOf(placeOfEvent(event))
      const seq = (last.get(place) ?? 0) + 1
      last.set(place, seq)
      return eventRow(event, { seq, commandNo, index, version, eventNo: commandNo * 8 + index })
    })
    const { items, ...order } = placed.data
    const row = { ...order, items: JSON.stringify(items), status: 'placed', open_user_id: user_id } as const
    return { lines, order: row, stock: stock.map(({ row: one }) => one), events, moves: movesFor(events) }
  }
}

/** How a place is called in `numberOrders`. */
export const nameOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic}/${partition}`

function placedBy({ user_id, lines }: OrderPlan, id: number) {
  const items = lines.map(({ product_id, quantity }) => {
    const { name, sku, price_cents } = newProduct(product_id)
    return { product_id, name, sku, quantity, unit_price_cents: price_cents }
  })
  const total_cents = items.reduce((sum, { quantity, unit_price_cents }) => sum + quantity * unit_price_cents, 0)
  const data = { id, user_id, ...newCustomer(user_id), locale: 'fr', items, total_cents }
  return { type: 'OrderPlaced', data } as const
}

function movesFor(events: OrderRows['events']): readonly CounterMove[] {
  return [...Map.groupBy(events, nameOf)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, some]) => {
      const { topic, partition, seq } = some.at(-1)!
      return { topic, partition, by: some.length, lastSeq: seq }
    })
}
