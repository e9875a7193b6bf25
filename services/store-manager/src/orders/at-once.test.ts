import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startStore, type Answer, type RunningStore } from '../testing/start-store.ts'

/** One store-manager on SQLite, which has one; two on a server, which share the database. */
const engines = [
  { engine: 'SQLite', skip: false, start: async (t: TestContext) => [await startStore(t)] },
  {
    engine: 'MySQL, by two store-managers',
    skip: skipWithoutMysql,
    async start(t: TestContext) {
      const database = mysqlDatabase(t)
      return [await startStore(t, { database }), await startStore(t, { database })]
    },
  },
] as const

interface Request {
  readonly request: string
  readonly body?: unknown
}

/** Sends all at once, to each store-manager in turn. */
function sendAtOnce(running: readonly RunningStore[], requests: readonly Request[]): Promise<readonly Answer[]> {
  return Promise.all(
    requests.map(({ request, body }, i) =>
      running[i % running.length]!.send(request, body === undefined ? {} : { body }),
    ),
  )
}

const times = (count: number, request: Request): readonly Request[] => Array.from({ length: count }, () => request)
const succeeded = (answers: readonly Answer[]) => answers.filter(({ status }) => status < 300).length
const rounds = 10

for (const { engine, skip, start } of engines)
  describe(`what happens at once on ${engine}:`, { skip }, () => {
    test('of twenty orders for a product with two left exactly two succeed, the others are told what is left', async (t) => {
      const running = await start(t)
      const [first] = running as [RunningStore]
      const user_id = await first.createUser()
      for (let round = 0; round < rounds; round++) {
        const product_id = await first.createProduct({ quantity: 2 })
        const body = { user_id, items: [{ product_id, quantity: 1 }] }
        const answers = await sendAtOnce(running, times(20, { request: 'POST /orders', body }))
        assert.equal(succeeded(answers), 2)
        for (const refused of answers.filter(({ status }) => status !== 201)) {
          assert.deepEqual([refused.status, refused.body['code']], [409, 'STOCK_INSUFFICIENT'])
          assert.deepEqual(refused.body['short'], [{ product_id, requested: 1, available: 0 }])
        }
        assert.equal((await first.send(`GET /stocks/${product_id}`)).body['quantity'], 0)
      }
    })

    test('orders for the same products in another order all succeed, and no two hold each other up', async (t) => {
      const running = await start(t)
      const [first] = running as [RunningStore]
      const user_id = await first.createUser()
      const products = await Promise.all(Array.from({ length: 5 }, () => first.createProduct({ quantity: 40 })))
      const items = products.map((product_id) => ({ product_id, quantity: 1 }))
      const requests = Array.from({ length: 40 }, (_, i) => {
        const body = { user_id, items: i % 2 === 0 ? items : items.toReversed() }
        return { request: 'POST /orders', body }
      })
      assert.equal(succeeded(await sendAtOnce(running, requests)), 40)
      const { body } = await first.send('GET /stocks')
      assert.ok((body['stocks'] as { quantity: number }[]).every(({ quantity }) => quantity === 0))
    })

    test('of cancellations of one order one succeeds, and the stock comes back once', async (t) => {
      const running = await start(t)
      const [first] = running as [RunningStore]
      const user = await first.createUser()
      const product_id = await first.createProduct({ quantity: 5 })
      for (let round = 0; round < rounds; round++) {
        const order = await first.placeOrder(user, [{ product_id, quantity: 3 }])
        const answers = await sendAtOnce(running, times(10, { request: `DELETE /orders/${order}` }))
        assert.equal(succeeded(answers), 1)
        assert.equal((await first.send(`GET /stocks/${product_id}`)).body['quantity'], 5)
      }
    })

    test('of the payment and the cancellation of an order one wins whole', async (t) => {
      const running = await start(t)
      const [first] = running as [RunningStore]
      const user = await first.createUser()
      for (let round = 0; round < rounds; round++) {
        const product_id = await first.createProduct({ quantity: 5 })
        const order_id = await first.placeOrder(user, [{ product_id, quantity: 3 }])
        const pay = { request: 'PUT /orders', body: { order_id, is_paid: true } }
        const cancel = { request: `DELETE /orders/${order_id}` }
        const [one, other] = await sendAtOnce(running, round % 2 === 0 ? [pay, cancel] : [cancel, pay])
        assert.equal(succeeded([one!, other!]), 1)
        const { status } = (await first.send(`GET /orders/${order_id}`)).body
        const { quantity } = (await first.send(`GET /stocks/${product_id}`)).body
        assert.ok((status === 'paid' && quantity === 2) || (status === 'cancelled' && quantity === 5))
      }
    })

    test('an order and the deletion of its user or its product cannot both win', async (t) => {
      const running = await start(t)
      const [first] = running as [RunningStore]
      for (let round = 0; round < rounds; round++) {
        const [user_id, product_id] = [await first.createUser(), await first.createProduct()]
        const order = { request: 'POST /orders', body: { user_id, items: [{ product_id, quantity: 1 }] } }
        const gone = { request: round % 2 === 0 ? `DELETE /users/${user_id}` : `DELETE /products/${product_id}` }
        const answers = await sendAtOnce(running, round % 4 < 2 ? [order, gone] : [gone, order])
        assert.equal(succeeded(answers), 1, answers.map(({ text }) => text).join())
      }
    })
  })
