import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { magasin } from '../tools/testing/magasin.ts'
import { createSite } from '../tools/testing/site.ts'

/** A request of the lab's clients: its path and its body, and no header but the content type. */
async function ask(url: string, request: string, body?: unknown) {
  const [method = '', path = ''] = request.split(' ')
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url + path, { method, ...sent })
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> }
}

async function openShop(t: TestContext) {
  const { env, folder } = createSite(t)
  const settings = { ...env, LOG_LEVEL: 'silent', MAGASIN_ACCESS: 'open' }
  const shop = await startShop(readShopConfig(settings))
  t.after(() => shop.stop())
  return {
    env: settings,
    folder,
    url: shop.url,
    ask: (request: string, body?: unknown) => ask(shop.url, request, body),
  }
}

test('the lab’s requests get the lab’s fields: product, stock, user, order, cancelled: the stock is back', async (t) => {
  const { ask: send } = await openShop(t)
  const product = await send('POST /products', { name: 'Some Item', sku: '12345', price: 99.9 })
  const id = product.body['product_id']
  assert.deepEqual([product.status, typeof id], [201, 'number'])
  assert.deepEqual((await send(`GET /products/${String(id)}`)).body, {
    id,
    name: 'Some Item',
    sku: '12345',
    price: 99.9,
  })

  const stocked = await send('POST /stocks', { product_id: id, quantity: 5 })
  assert.equal(stocked.status, 201)
  assert.ok('result' in stocked.body)
  const level = async () => (await send(`GET /stocks/${String(id)}`)).body
  assert.deepEqual(await level(), { product_id: id, quantity: 5 })

  const user = await send('POST /users', { name: 'Jane Doe', email: 'jane.doe@example.com' })
  const { user_id } = user.body
  assert.equal(user.status, 201)
  const order = await send('POST /orders', { user_id, items: [{ product_id: id, quantity: 2 }] })
  const { order_id } = order.body
  assert.deepEqual([order.status, typeof order_id], [201, 'number'])
  assert.deepEqual(await level(), { product_id: id, quantity: 3 })
  const { body: read } = await send(`GET /orders/${String(order_id)}`)
  assert.deepEqual([read['user_id'], read['total_amount'], read['is_paid']], [user_id, 199.8, false])
  assert.ok('payment_link' in read && Array.isArray(read['items']))

  assert.deepEqual((await send(`DELETE /orders/${String(order_id)}`)).body, { deleted: true })
  assert.deepEqual(await level(), { product_id: id, quantity: 5 })
  const { body: second } = await send('POST /orders', { user_id, items: [{ product_id: id, quantity: 1 }] })
  assert.deepEqual((await send('PUT /orders', { order_id: second['order_id'], is_paid: true })).body, { updated: true })
  assert.equal((await send(`GET /orders/${String(second['order_id'])}`)).body['is_paid'], true)
  for (const path of [`/products/${String(id)}`, `/users/${String(user_id)}`])
    assert.deepEqual(await send(`DELETE ${path}`), { status: 200, body: { deleted: true } })
})

test('a shop opens with the lab’s products, and sells the last two gadgets once', async (t) => {
  const { ask: send } = await openShop(t)
  const { products } = (await send('GET /products')).body as { products: { id: number; sku: string; price: number }[] }
  assert.deepEqual(
    products.map(({ sku, price }) => [sku, price]),
    [
      ['LP12567', 1999.99],
      ['KB67890', 59.5],
      ['GG12345', 5.75],
      ['SC27289', 299.75],
    ],
  )
  const { id: product_id } = products.find(({ sku }) => sku === 'GG12345')!
  const order = { user_id: 1, items: [{ product_id, quantity: 2 }] }
  assert.equal((await send('POST /orders', order)).status, 201)
  const refused = await send('POST /orders', order)
  assert.deepEqual([refused.status, refused.body['short']], [409, [{ product_id, requested: 2, available: 0 }]])
})

test('the history of the store tells an order and what it reserved as one command, in the order in which it happened', async (t) => {
  const { env, folder, ask: send } = await openShop(t)
  await send('POST /orders', {
    user_id: 1,
    items: [
      { product_id: 1, quantity: 2 },
      { product_id: 3, quantity: 1 },
    ],
  })
  await send('DELETE /orders/1')
  const out = join(folder, 'history.json')
  assert.equal((await magasin(['history', 'export', '--all', '--out', out], { env })).code, 0)
  const lines = JSON.parse(readFileSync(out, 'utf8')) as { event: string; command_no: number; command_index: number }[]
  assert.deepEqual(
    lines.slice(13).map(({ event, command_no, command_index }) => `${command_no}.${command_index} ${event}`),
    [
      '14.0 OrderPlaced',
      '14.1 StockReserved',
      '14.2 StockReserved',
      '15.0 OrderCancelled',
      '15.1 StockReleased',
      '15.2 StockReleased',
    ],
  )
})
