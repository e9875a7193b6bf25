import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startStore } from '../testing/start-store.ts'

const laptop = { name: 'Laptop ABC', sku: 'LP12567', price: 1999.99 }

describe('a product', () => {
  test('that is created is told by its id, and has the price that was given, to the cent', async (t) => {
    const { send, store } = await startStore(t)
    const created = await send('POST /products', { body: laptop })
    assert.deepEqual(
      [created.status, created.body, created.headers.get('location')],
      [201, { product_id: 1 }, '/products/1'],
    )
    assert.deepEqual((await send('GET /products/1')).body, { id: 1, ...laptop })
    const [event] = await store.events.readStream('product-1')
    const { datetime: _, ...fields } = JSON.parse(event!.value) as Record<string, unknown>
    assert.deepEqual(fields, {
      event: 'ProductCreated',
      id: 1,
      name: 'Laptop ABC',
      sku: 'LP12567',
      price_cents: 199_999,
    })
  })

  for (const price of [5.755, -0.01, 1_000_000.01, '5.75', null])
    test(`that costs ${JSON.stringify(price)} is refused for its price`, async (t) => {
      const { send, countEvents } = await startStore(t)
      const refused = await send('POST /products', { body: { ...laptop, price } })
      assert.equal(refused.status, 422)
      assert.equal((refused.body['errors'] as { field: string }[])[0]!.field, 'price')
      assert.equal(await countEvents(), 0)
    })

  test('keeps its SKU to itself, in whatever case, until it is deleted', async (t) => {
    const { send, createProduct } = await startStore(t)
    const first = await createProduct(laptop)
    const taken = await send('POST /products', { body: { ...laptop, sku: 'lp12567' } })
    assert.deepEqual([taken.status, taken.body['code'], taken.body['product_id']], [409, 'SKU_TAKEN', first])
    await send(`DELETE /products/${first}`)
    assert.equal((await send('POST /products', { body: laptop })).status, 201)
  })

  test('that is deleted is gone, its stock with it, and a second time it is not there', async (t) => {
    const { send, createProduct } = await startStore(t)
    const id = await createProduct()
    assert.deepEqual((await send(`DELETE /products/${id}`)).body, { deleted: true })
    assert.equal((await send(`GET /products/${id}`)).status, 404)
    assert.equal((await send(`GET /stocks/${id}`)).status, 404)
    const again = await send(`DELETE /products/${id}`)
    assert.deepEqual([again.status, again.body['deleted']], [404, false])
  })

  test('of a list comes by its id, on pages', async (t) => {
    const { send, createProduct } = await startStore(t)
    const ids = [await createProduct(), await createProduct(), await createProduct()]
    const first = (await send('GET /products?limit=2')).body
    assert.deepEqual(
      [(first['products'] as { id: number }[]).map(({ id }) => id), first['next']],
      [ids.slice(0, 2), ids[1]],
    )
    const second = (await send(`GET /products?limit=2&after=${ids[1]}`)).body
    assert.deepEqual([(second['products'] as { id: number }[]).map(({ id }) => id), second['next']], [[ids[2]], null])
  })
})
