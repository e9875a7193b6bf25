import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkOrders } from './testing/orders/check-orders.ts'
import { evidenceOf, soundStore, type SpoilableStore } from './testing/orders/sound-store.ts'

type Event = Record<string, unknown>

/** The event of an order, of its stock, or of what has this id. */
const find = ({ history }: SpoilableStore, event: string, id: number): Event =>
  history.find((line) => line['event'] === event && (line['order_id'] ?? line['id'] ?? line['product_id']) === id)!

const drop = ({ history }: SpoilableStore, line: Event) => void history.splice(history.indexOf(line), 1)

/** Adds commands at the end of the history. */
const append = ({ history }: SpoilableStore, ...lines: readonly Event[]) =>
  void history.push(...lines.map((line, command_index) => ({ ...line, command_no: 15, command_index })))

/** Exchanges the places of two commands. */
function exchange({ history }: SpoilableStore, one: number, other: number): void {
  for (const line of history)
    line['command_no'] = line['command_no'] === one ? other : line['command_no'] === other ? one : line['command_no']
}

const plants: readonly {
  readonly title: string
  readonly spoil: (store: SpoilableStore) => unknown
  readonly says: RegExp
}[] = [
  {
    title: 'an oversell',
    spoil: (store) => (find(store, 'StockSet', 1)['quantity'] = 4),
    says: /^stock: product 1 at command 9 is oversold by 1$/,
  },
  {
    title: 'an oversell that the events do not admit',
    spoil: (store) => (find(store, 'StockReserved', 2)['available'] = 8),
    says: /^stock: product 1 at command 9 says 8 available instead of 5$/,
  },
  {
    title: 'a lost release',
    spoil: (store) => drop(store, find(store, 'StockReleased', 3)),
    says: /^stock: OrderCancelled of order 3 has StockReleased of "" instead of "4 of product 2"$/,
  },
  {
    title: 'a double release',
    spoil: (store) => append(store, { ...find(store, 'StockReleased', 3), available: 13 }),
    says: /^stock: StockReleased of order 3 \(4 of product 2\) without its OrderCancelled$/,
  },
  {
    title: 'more given back than was taken',
    spoil: (store) => append(store, { ...find(store, 'StockReleased', 3), available: 13 }),
    says: /^stock: product 2 at command 15 has given back 3 too many$/,
  },
  {
    title: 'a wrong total',
    spoil: (store) => (find(store, 'OrderPlaced', 1)['total_cents'] = 401),
    says: /^orders: order 1 has a total of 401 instead of 400$/,
  },
  {
    title: 'an order without its reservation',
    spoil: (store) => drop(store, find(store, 'StockReserved', 2)),
    says: /^stock: OrderPlaced of order 2 has StockReserved of "" instead of "3 of product 1"$/,
  },
  {
    title: 'an order with the reservation of another command',
    spoil: (store) => (find(store, 'StockReserved', 2)['command_no'] = 8),
    says: /^stock: StockReserved of order 2 \(3 of product 1\) without its OrderPlaced$/,
  },
  {
    title: 'an order that is paid and cancelled',
    spoil: (store) => append(store, { ...find(store, 'OrderPlaced', 3), event: 'OrderPaid' }),
    says: /^orders: order 3 is paid and was cancelled$/,
  },
  {
    title: 'an order that is paid twice',
    spoil: (store) => append(store, find(store, 'OrderPaid', 2)),
    says: /^orders: order 2 is paid and was paid$/,
  },
  {
    title: 'an order that changed until it was paid',
    spoil: (store) => (find(store, 'OrderPaid', 2)['total_cents'] = 1),
    says: /^orders: order 2 is paid as another than was placed$/,
  },
  {
    title: 'an order of a user who was deleted before',
    spoil(store) {
      find(store, 'UserDeleted', 2)['command_no'] = 2.5
      find(store, 'OrderPlaced', 2)['user_id'] = 2
    },
    says: /^orders: order 2 is of user 2, who is not there$/,
  },
  {
    title: 'a user who is deleted with an open order',
    spoil: (store) => append(store, { event: 'UserDeleted', id: 1 }),
    says: /^users: user 1 is deleted while order 1 is open$/,
  },
  {
    title: 'a product that is deleted with an open order',
    spoil: (store) => append(store, { event: 'ProductDeleted', id: 2 }),
    says: /^products: product 2 is deleted while order 1 is open$/,
  },
  {
    title: 'an order of a product that comes later',
    spoil: (store) => exchange(store, 4, 8),
    says: /^orders: order 1 has product 2, which is not there$/,
  },
  {
    title: 'an order with another price than the product has',
    spoil: (store) => (find(store, 'ProductCreated', 1)['price_cents'] = 99),
    says: /^orders: order 1 has product 1 for 100 instead of 99$/,
  },
  {
    title: 'an acknowledged order that is missing',
    spoil: (store) => store.history.splice(store.history.indexOf(find(store, 'OrderPlaced', 2)), 2),
    says: /^history: OrderPlaced 2 of user 1 \(3 of product 1\) is missing$/,
  },
  {
    title: 'a command that is missing',
    spoil: (store) => store.history.splice(store.history.indexOf(find(store, 'OrderPlaced', 2)), 2),
    says: /^history: command 10 stands where 9 is next$/,
  },
  {
    title: 'an acknowledged order that is there twice',
    spoil: (store) =>
      append(store, find(store, 'OrderPlaced', 2), { ...find(store, 'StockReserved', 2), available: 2 }),
    says: /^history: OrderPlaced 2 of user 1 \(3 of product 1\) is there 2 times instead of 1$/,
  },
  {
    title: 'two commands that were answered with the same order',
    spoil: (store) => store.acknowledged.push(store.acknowledged[8]!),
    says: /^history: OrderPlaced 2 .* is there 1 times instead of 2$/,
  },
  {
    title: 'a cancellation that nobody asked for',
    spoil: (store) => store.acknowledged.splice(11, 1),
    says: /^history: nobody asked for OrderCancelled 3$/,
  },
  {
    title: 'a stock that the API tells wrong',
    spoil: (store) => (store.stocks[0]!.quantity = 6),
    says: /^api: stock of product 1 is "6", by the history "5"$/,
  },
  {
    title: 'an order that the API tells wrong',
    spoil: (store) => (store.orders[2]!.status = 'placed'),
    says: /^api: order 3 is "placed, 8, of user 1", by the history "cancelled, 8, of user 1"$/,
  },
  {
    title: 'a deleted user whom the API shows',
    spoil: (store) => store.users.push({ id: 2 }),
    says: /^api: user 2 is "", by the history "missing"$/,
  },
]

describe('the checker of a store that sells', () => {
  test('finds nothing wrong if nothing is', () => {
    assert.deepEqual(checkOrders(evidenceOf(soundStore())), [])
  })

  test('takes the lines of one product in a request for their sum, and a payment that is said twice for one', () => {
    const store = soundStore()
    const halves = [1, 2].map((quantity) => ({ product_id: 1, quantity }))
    store.acknowledged[8] = { event: 'OrderPlaced', id: 2, user_id: 1, lines: halves }
    store.acknowledged.push({ event: 'OrderPaid', id: 2 })
    assert.deepEqual(checkOrders(evidenceOf(store)), [])
  })

  for (const { title, spoil, says } of plants)
    test(`finds ${title}`, () => {
      const store = soundStore()
      spoil(store)
      const violations = checkOrders(evidenceOf(store))
      assert.ok(
        violations.some((violation) => says.test(violation)),
        `it says: ${violations.join('; ')}`,
      )
    })
})
