import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given } from '@magasin/event-store/testing/given'
import type { OrderData } from '@magasin/shop-contracts/families/orders'
import { products } from '../products/table.ts'
import { stock } from '../stock/table.ts'
import { deleteUser } from '../users/delete-user.ts'
import { users } from '../users/table.ts'
import { cancelOrder } from './cancel-order.ts'
import { leaveUnpaid } from './leave-unpaid.ts'
import { summed, totalOf } from './order.ts'
import { payOrder } from './pay-order.ts'
import { placeOrder } from './place-order.ts'
import { orders, type OrderRow } from './table.ts'

const ada = { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', email_key: 'ada@example.com', user_type_id: 1 }
const gadget = { id: 3, name: 'Gadget XYZ', sku: 'GG12345', sku_key: 'gg12345', price_cents: 575 }
const laptop = { id: 1, name: 'Laptop ABC', sku: 'LP12567', sku_key: 'lp12567', price_cents: 199_999 }

const order: OrderData = {
  id: 7,
  user_id: 42,
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  user_type_id: 1,
  locale: 'fr',
  items: [
    { product_id: 1, name: 'Laptop ABC', sku: 'LP12567', quantity: 1, unit_price_cents: 199_999 },
    { product_id: 3, name: 'Gadget XYZ', sku: 'GG12345', quantity: 2, unit_price_cents: 575 },
  ],
  total_cents: 201_149,
}
const lines = [
  { product_id: 1, quantity: 1 },
  { product_id: 3, quantity: 2 },
]

const rowOf = (status: OrderRow['status']): OrderRow => ({
  ...order,
  items: JSON.stringify(order.items),
  status,
  open_user_id: status === 'placed' ? 42 : null,
})

/** A shop with Ada, two products and what is in stock of them. */
const shop = (gadgets: number, ...placed: readonly OrderRow[]) =>
  given(
    [users, ada],
    [products, laptop, gadget],
    [orders, ...placed],
    [stock, { product_id: 1, available: 1000, reserved: 1 }, { product_id: 3, available: gadgets, reserved: 2 }],
  )

describe('placing an order', () => {
  test('given enough in stock, then it keeps names and prices, and what it takes is reserved', () => {
    const { events, answer } = shop(2).when(placeOrder(42, lines), { id: 7 })
    assert.deepEqual(answer, { order_id: 7 })
    assert.deepEqual(events, [
      { type: 'OrderPlaced', data: order },
      { type: 'StockReserved', data: { product_id: 1, order_id: 7, quantity: 1, available: 999 } },
      { type: 'StockReserved', data: { product_id: 3, order_id: 7, quantity: 2, available: 0 } },
    ])
  })

  test('given less than is asked for, then it is refused and says what is left', () => {
    assert.throws(() => shop(1).when(placeOrder(42, lines)), {
      code: 'STOCK_INSUFFICIENT',
      facts: { short: [{ product_id: 3, requested: 2, available: 1 }] },
    })
  })

  test('given a product that nobody ever counted, then there is none of it', () => {
    const none = { product_id: 3, available: 0, reserved: 0 }
    const uncounted = given([users, ada], [products, gadget], [orders], [stock, none])
    assert.throws(() => uncounted.when(placeOrder(42, [{ product_id: 3, quantity: 1 }])), {
      facts: { short: [{ product_id: 3, requested: 1, available: 0 }] },
    })
  })

  test('given no such user or product, then it is refused', () => {
    const noUser = given([users], [products, gadget], [orders], [stock])
    assert.throws(() => noUser.when(placeOrder(42, lines)), { code: 'USER_NOT_FOUND' })
    const unknown = placeOrder(42, [{ product_id: 9, quantity: 1 }])
    assert.throws(() => shop(2).when(unknown), { code: 'PRODUCT_NOT_FOUND', facts: { product_id: 9 } })
  })
})

describe('cancelling an order', () => {
  test('given an open order, then its stock is given back', () => {
    assert.deepEqual(shop(0, rowOf('placed')).when(cancelOrder(7)).events, [
      { type: 'OrderCancelled', data: order },
      { type: 'StockReleased', data: { product_id: 1, order_id: 7, quantity: 1, available: 1001 } },
      { type: 'StockReleased', data: { product_id: 3, order_id: 7, quantity: 2, available: 2 } },
    ])
  })

  const refused = [
    ['cancelled', 'ORDER_CANCELLED'],
    ['paid', 'ORDER_PAID'],
  ] as const
  for (const [status, code] of refused)
    test(`given one that is ${status}, then it is refused and nothing is given back`, () => {
      assert.throws(() => shop(0, rowOf(status)).when(cancelOrder(7)), { code, facts: { deleted: false } })
    })

  test('given none, then it is refused', () => {
    assert.throws(() => shop(0).when(cancelOrder(7)), { code: 'ORDER_NOT_FOUND', facts: { deleted: false } })
  })
})

describe('paying an order', () => {
  test('given an open order, then it is paid', () => {
    assert.deepEqual(shop(0, rowOf('placed')).when(payOrder(7)).events, [{ type: 'OrderPaid', data: order }])
  })

  test('given a paid one, then nothing happens', () => {
    assert.deepEqual(shop(0, rowOf('paid')).when(payOrder(7)), { events: [], answer: { updated: true } })
  })

  test('given a cancelled one or none, then it is refused', () => {
    assert.throws(() => shop(0, rowOf('cancelled')).when(payOrder(7)), { code: 'ORDER_CANCELLED' })
    assert.throws(() => shop(0).when(payOrder(7)), { code: 'ORDER_NOT_FOUND' })
  })

  test('is not undone: `is_paid: false` changes nothing, and is refused of a paid order', () => {
    assert.deepEqual(shop(0, rowOf('placed')).when(leaveUnpaid(7)).events, [])
    assert.throws(() => shop(0, rowOf('paid')).when(leaveUnpaid(7)), { code: 'ORDER_PAID' })
    assert.throws(() => shop(0).when(leaveUnpaid(7)), { code: 'ORDER_NOT_FOUND' })
  })
})

describe('deleting a user', () => {
  test('given an open order of it, then it is refused', () => {
    const deleting = () => shop(0, rowOf('placed')).when(deleteUser(42))
    assert.throws(deleting, { code: 'USER_HAS_OPEN_ORDERS', facts: { deleted: false, open_orders: 1 } })
  })

  test('given paid and cancelled orders, then it is deleted', () => {
    const { events } = shop(0, rowOf('paid'), { ...rowOf('cancelled'), id: 8 }).when(deleteUser(42))
    assert.deepEqual(
      events.map(({ type }) => type),
      ['UserDeleted'],
    )
  })
})

test('lines of one product are summed, and a total is the exact sum of its lines', () => {
  const asked = [...lines, { product_id: 1, quantity: 2 }].toReversed()
  assert.deepEqual(summed(asked), [
    { product_id: 1, quantity: 3 },
    { product_id: 3, quantity: 2 },
  ])
  // 0.1 + 0.2 of a currency, ten thousand times.
  assert.equal(
    totalOf([
      { quantity: 10_000, unit_price_cents: 10 },
      { quantity: 10_000, unit_price_cents: 20 },
    ]),
    300_000,
  )
})
