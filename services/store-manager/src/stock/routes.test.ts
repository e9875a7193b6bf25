import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startStore } from '../testing/start-store.ts'

describe('the stock of a product', () => {
  test('is what was last counted, and nothing before', async (t) => {
    const { send, createProduct } = await startStore(t)
    const product_id = await createProduct({ quantity: 10 })
    const set = await send('POST /stocks', { body: { product_id, quantity: 4 } })
    assert.deepEqual([set.status, set.body], [201, { result: 'set', product_id, quantity: 4 }])
    assert.deepEqual((await send(`GET /stocks/${product_id}`)).body, { product_id, quantity: 4 })
    const { body } = await send('POST /products', { body: { name: 'New', sku: 'NEW', price: 1 } })
    assert.equal((await send(`GET /stocks/${Number(body['product_id'])}`)).body['quantity'], 0)
  })

  test('of a product that is not there cannot be set or read', async (t) => {
    const { send } = await startStore(t)
    assert.equal(
      (await send('POST /stocks', { body: { product_id: 9, quantity: 4 } })).body['code'],
      'PRODUCT_NOT_FOUND',
    )
    assert.equal((await send('GET /stocks/9')).status, 404)
  })

  test('counted anew keeps what orders have reserved theirs: cancelled, it comes on top', async (t) => {
    const { send, createUser, createProduct, placeOrder } = await startStore(t)
    const product_id = await createProduct({ quantity: 5 })
    const order = await placeOrder(await createUser(), [{ product_id, quantity: 3 }])
    await send('POST /stocks', { body: { product_id, quantity: 1 } })
    await send(`DELETE /orders/${order}`)
    assert.equal((await send(`GET /stocks/${product_id}`)).body['quantity'], 4)
  })

  test('of all products is listed by product, also of those that nobody counted', async (t) => {
    const { send, createProduct } = await startStore(t)
    const first = await createProduct({ quantity: 5 })
    await send('POST /products', { body: { name: 'New', sku: 'NEW', price: 1 } })
    assert.deepEqual((await send('GET /stocks')).body, {
      stocks: [
        { product_id: first, quantity: 5 },
        { product_id: first + 1, quantity: 0 },
      ],
      next: null,
    })
  })
})
