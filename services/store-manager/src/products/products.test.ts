import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given } from '@magasin/event-store/testing/given'
import { stock } from '../stock/table.ts'
import { createProduct } from './create-product.ts'
import { deleteProduct } from './delete-product.ts'
import type { Product } from './product.ts'
import { products } from './table.ts'

const gadget: Product = { id: 3, name: 'Gadget XYZ', sku: 'GG12345', price_cents: 575 }
const { id: _, ...newProduct } = gadget
const row = { ...gadget, sku_key: 'gg12345' }

describe('creating a product', () => {
  test('given a free SKU, then the product is created', () => {
    const decision = given([products]).when(createProduct(newProduct), { id: 3 })
    assert.deepEqual(decision, { events: [{ type: 'ProductCreated', data: gadget }], answer: { product_id: 3 } })
  })

  test('given a taken SKU, in whatever case, then it is refused and the holder is named', () => {
    const again = createProduct({ ...newProduct, sku: 'gg12345' })
    assert.throws(() => given([products, row]).when(again, { id: 4 }), {
      code: 'SKU_TAKEN',
      facts: { field: 'sku', product_id: 3 },
    })
  })
})

describe('deleting a product', () => {
  test('given no open order, then it is deleted, and its stock with it', () => {
    const state = given([products, row], [stock, { product_id: 3, available: 2, reserved: 0 }])
    assert.deepEqual(state.when(deleteProduct(3)).events, [{ type: 'ProductDeleted', data: gadget }])
  })

  test('given units that open orders have reserved, then it is refused', () => {
    const state = given([products, row], [stock, { product_id: 3, available: 0, reserved: 2 }])
    assert.throws(() => state.when(deleteProduct(3)), {
      code: 'PRODUCT_RESERVED',
      facts: { deleted: false, reserved: 2 },
    })
  })

  test('given nothing, then it is refused', () => {
    assert.throws(() => given([products], [stock]).when(deleteProduct(3)), {
      code: 'PRODUCT_NOT_FOUND',
      facts: { deleted: false },
    })
  })
})
