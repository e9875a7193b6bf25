import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given } from '@magasin/event-store/testing/given'
import { products } from '../products/table.ts'
import { setStock } from './set-stock.ts'
import { stock, type StockRow } from './table.ts'

const gadget = { id: 3, name: 'Gadget XYZ', sku: 'GG12345', sku_key: 'gg12345', price_cents: 575 }
const row: StockRow = { product_id: 3, available: 2, reserved: 5 }

/** What an event makes of a row. */
function projected(type: keyof typeof stock.projections, data: object, before: StockRow | undefined): unknown {
  const project = stock.projections[type] as (data: object, context: object) => readonly unknown[]
  return project(data, { time: '', find: () => before })
}

describe('setting the stock of a product', () => {
  test('given the product, then so many can be sold', () => {
    const decision = given([products, gadget], [stock, row]).when(setStock(3, 10))
    assert.deepEqual(decision, {
      events: [{ type: 'StockSet', data: { product_id: 3, quantity: 10 } }],
      answer: { result: 'set', product_id: 3, quantity: 10 },
    })
  })

  test('given no such product, then it is refused', () => {
    assert.throws(() => given([products], [stock]).when(setStock(3, 10)), { code: 'PRODUCT_NOT_FOUND' })
  })
})

describe('the row of a product', () => {
  const movement = { product_id: 3, order_id: 7, quantity: 2 }
  const item = { product_id: 3, name: 'Gadget XYZ', sku: 'GG12345', quantity: 2, unit_price_cents: 575 }

  test('is made with the product: there is none of it', () => {
    const made = projected('ProductCreated', gadget, undefined)
    assert.deepEqual(made, [{ put: { product_id: 3, available: 0, reserved: 0 } }])
  })

  test('keeps what is reserved when it is counted again', () => {
    const counted = projected('StockSet', { product_id: 3, quantity: 10 }, row)
    assert.deepEqual(counted, [{ put: { product_id: 3, available: 10, reserved: 5 } }])
  })

  test('moves what an order takes from what can be sold to what is reserved, and back', () => {
    const reserved = projected('StockReserved', { ...movement, available: 0 }, row)
    assert.deepEqual(reserved, [{ put: { product_id: 3, available: 0, reserved: 7 } }])
    const released = projected('StockReleased', { ...movement, available: 4 }, row)
    assert.deepEqual(released, [{ put: { product_id: 3, available: 4, reserved: 3 } }])
  })

  test('forgets what is sold', () => {
    const sold = projected('OrderPaid', { items: [item] }, row)
    assert.deepEqual(sold, [{ put: { product_id: 3, available: 2, reserved: 3 } }])
  })

  test('goes with its product', () => {
    assert.deepEqual(projected('ProductDeleted', gadget, row), [{ remove: { product_id: 3 } }])
  })
})
