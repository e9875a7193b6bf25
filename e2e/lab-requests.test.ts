import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import { readShopConfig } from '@magasin/shop/config'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { startShop } from '@magasin/shop/start'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startRedis } from '../tools/engines/redis.ts'
import { readMetric } from '../tools/testing/read-metric.ts'
import { createSite } from '../tools/testing/site.ts'
import { until } from '../tools/testing/until.ts'
import { LabClient } from './testing/lab-client.ts'
import { openStore } from './testing/open-services.ts'
import { createServicesSite } from './testing/services-site.ts'

/** The requests of the lab's collection: every route of its store. */
const collection = [
  'POST /users',
  'GET /users/:id',
  'DELETE /users/:id',
  'POST /products',
  'GET /products/:id',
  'DELETE /products/:id',
  'POST /stocks',
  'GET /stocks/:product_id',
  'GET /stocks/reports/overview-stocks',
  'POST /stocks/graphql-query',
  'POST /orders',
  'GET /orders/:id',
  'PUT /orders',
  'DELETE /orders/:id',
  'GET /orders/reports/highest-spenders',
  'GET /orders/reports/best-sellers',
]

const settings = { LOG_LEVEL: 'silent', MAGASIN_ACCESS: 'open', MAGASIN_TEST_ROUTES: 'on' }

async function openShop(t: TestContext): Promise<LabClient> {
  const shop = await startShop(readShopConfig({ ...createSite(t).env, ...settings }))
  t.after(() => shop.stop())
  return new LabClient(shop.url)
}

/** A store-manager that is a process of its own, on a database server, Kafka and Redis, told by the lab's names where that is. */
async function openService(t: TestContext): Promise<LabClient> {
  const redis = await startRedis()
  t.after(() => redis.kill())
  const { hostname, port } = new URL(redis.url)
  const lab = { REDIS_HOST: hostname, REDIS_PORT: port, REDIS_DB: '0' }
  const engines = {
    store: mysqlDatabase(t),
    coolriel: mysqlDatabase(t),
    ...kafkaTopic(t, undefined, shopCatalogue.topics),
  }
  const { url } = await openStore(createServicesSite(t, engines, { ...settings, ...lab }))
  return new LabClient(url)
}

/** Sends a request that creates something: its id, which the answer has under `name` and has nothing else. */
async function create(
  client: LabClient,
  route: string,
  { name, body }: { readonly name: string; readonly body: object },
) {
  const answer = await client.send(route, { body })
  const id = (answer.body as Readonly<Record<string, unknown>>)[name]
  assert.deepEqual(answer, { status: 201, body: { [name]: id } })
  assert.equal(typeof id, 'number')
  return id as number
}

/** The story of the lab, request by request. What is read was written by a request before it, and is there; the reports and GraphQL follow. */
async function tellStory(client: LabClient): Promise<void> {
  const user = { name: 'Some Client', email: 'some.client@example.com', user_type_id: 1 }
  const user_id = await create(client, 'POST /users', { name: 'user_id', body: user })
  assert.deepEqual(await client.send('GET /users/:id', { at: user_id }), {
    status: 200,
    body: { id: user_id, ...user },
  })

  const product = { name: 'Some Item', sku: '12345', price: 99.9 }
  const product_id = await create(client, 'POST /products', { name: 'product_id', body: product })
  await tellOfStock(client, { product_id, product })
  await tellOfOrders(client, { user_id, product_id })

  const deleted = { status: 200, body: { deleted: true } }
  assert.deepEqual(await client.send('DELETE /products/:id', { at: product_id }), deleted)
  assert.deepEqual(await client.send('DELETE /users/:id', { at: user_id }), deleted)
  assert.deepEqual([...client.asked].toSorted(), collection.toSorted())
}

interface Stocked {
  readonly product_id: number
  readonly product: { readonly name: string; readonly sku: string; readonly price: number }
}

async function tellOfStock(client: LabClient, { product_id, product }: Stocked): Promise<void> {
  const read = await client.send('GET /products/:id', { at: product_id })
  assert.deepEqual(read, { status: 200, body: { id: product_id, ...product } })

  const stocked = await client.send('POST /stocks', { body: { product_id, quantity: 5 } })
  assert.equal(stocked.status, 201)
  assert.ok('result' in (stocked.body as object))
  const level = await client.send('GET /stocks/:product_id', { at: product_id })
  assert.deepEqual(level, { status: 200, body: { product_id, quantity: 5 } })

  const overview = await client.send('GET /stocks/reports/overview-stocks')
  assert.equal(overview.status, 200)
  const { name, sku, price } = product
  const row = { Article: name, 'Numéro SKU': sku, 'Prix unitaire': price, 'Unités en stock': 5 }
  assert.deepEqual((overview.body as readonly unknown[]).at(-1), row)

  const query = `{ product(id: "${product_id}") { id name sku price quantity } stockLevel(productId: "${product_id}") }`
  const data = { product: { id: String(product_id), ...product, quantity: 5 }, stockLevel: 5 }
  const body = { query, variables: {} }
  await untilAnswered(client, 'POST /stocks/graphql-query', { body, is: (told) => isDeepStrictEqual(told, { data }) })
}

async function tellOfOrders(
  client: LabClient,
  { user_id, product_id }: { readonly user_id: number; readonly product_id: number },
): Promise<void> {
  const order = { user_id, items: [{ product_id, quantity: 2 }] }
  const level = async () =>
    ((await client.send('GET /stocks/:product_id', { at: product_id })).body as { readonly quantity: number }).quantity
  const read = async (at: number) => {
    const { status, body } = await client.send('GET /orders/:id', { at })
    const { user_id: of, total_amount, items, is_paid, ...others } = body as Readonly<Record<string, unknown>>
    assert.ok('payment_link' in others)
    const [line] = items as readonly Readonly<Record<string, unknown>>[]
    return { status, of, total_amount, is_paid, line: [line?.['product_id'], line?.['quantity']] }
  }

  const kept = await create(client, 'POST /orders', { name: 'order_id', body: order })
  const placed = { status: 200, of: user_id, total_amount: 199.8, is_paid: false, line: [product_id, 2] }
  assert.deepEqual(await read(kept), placed)
  assert.equal(await level(), 3)
  const paid = await client.send('PUT /orders', { body: { order_id: kept, is_paid: true } })
  assert.deepEqual(paid, { status: 200, body: { updated: true } })
  assert.deepEqual(await read(kept), { ...placed, is_paid: true })
  await untilReported(client, 'GET /orders/reports/highest-spenders', { user_id, total_expense: 199.8 })
  await untilReported(client, 'GET /orders/reports/best-sellers', { product_id, quantity_sold: 2 })

  const other = await create(client, 'POST /orders', { name: 'order_id', body: order })
  assert.equal(await level(), 1)
  assert.deepEqual(await client.send('DELETE /orders/:id', { at: other }), { status: 200, body: { deleted: true } })
  assert.equal(await level(), 3)
}

/** Waits until a report, which follows the orders, has this row: a client of the lab has no word to ask for more than what is there. */
async function untilReported(client: LabClient, route: string, row: object): Promise<void> {
  await untilAnswered(client, route, {
    is: (report) => {
      assert.ok(Array.isArray(report) && report.length <= 10, JSON.stringify(report))
      return report.some((one) => isDeepStrictEqual(one, row))
    },
  })
}

interface Expected {
  readonly body?: object
  readonly is: (answer: unknown) => boolean
}

/** Asks until the answer is right. Fails at once if it is no success. */
async function untilAnswered(client: LabClient, route: string, { body, is }: Expected): Promise<void> {
  let last: unknown
  await until(
    () => `the right answer to ${route}, but ${JSON.stringify(last)}`,
    async () => {
      const answer = await client.send(route, { body })
      last = answer.body
      assert.equal(answer.status, 200, route)
      return is(last)
    },
  )
}

test('the sixteen requests of the lab’s client, with its bodies and no token, get its fields from the shop', async (t) => {
  assert.equal(collection.length, 16)
  await tellStory(await openShop(t))
})

test(
  'the sixteen requests get the same from a service on a database server and Kafka',
  {
    skip: skipWithoutMysql || noKafka,
  },
  async (t) => {
    await tellStory(await openService(t))
  },
)

describe('what the lab has for operators', () => {
  test('tells that the process lives, and answers slowly on request', async (t) => {
    const client = await openShop(t)
    assert.deepEqual(await client.send('GET /health-check'), { status: 200, body: { status: 'ok' } })
    const begun = performance.now()
    assert.equal((await client.send('GET /test/slow/:seconds', { at: 1 })).status, 200)
    assert.ok(performance.now() - begun >= 1000)
  })

  test('counts the orders for its dashboards', async (t) => {
    const client = await openShop(t)
    assert.equal(await readMetric(client, 'orders_total'), 0)
    await client.send('POST /orders', { body: { user_id: 1, items: [{ product_id: 1, quantity: 1 }] } })
    assert.equal(await readMetric(client, 'orders_total'), 1)
  })
})

test('a missing user and product are answered as the lab’s client expects: 404 and `deleted: false`', async (t) => {
  const client = await openShop(t)
  for (const route of ['DELETE /users/:id', 'DELETE /products/:id', 'DELETE /orders/:id']) {
    const { status, body } = await client.send(route, { at: 999_999 })
    assert.deepEqual([status, (body as { readonly deleted?: unknown }).deleted], [404, false], route)
  }
})
