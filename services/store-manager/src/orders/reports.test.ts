import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { engines } from '../testing/engines.ts'

for (const { engine, skip, start } of engines)
  describe(`the reports of the orders on ${engine}`, { skip }, () => {
    test('rank users by what they ordered for and products by their units, exactly', async (t) => {
      const { caughtUp, createProduct, createUser, placeOrder, send } = await start(t)
      const [ada, adele, alan] = [await createUser(), await createUser(), await createUser()] as const
      const [laptop, gadget] = [await createProduct({ price: 1999.99 }), await createProduct({ price: 0.1 })] as const
      await placeOrder(ada, [{ product_id: gadget, quantity: 3 }])
      await placeOrder(adele, [{ product_id: laptop, quantity: 1 }])
      await placeOrder(alan, [
        { product_id: gadget, quantity: 1 },
        { product_id: gadget, quantity: 2 },
      ])
      await caughtUp()
      assert.deepEqual((await send('GET /orders/reports/highest-spenders')).body, [
        { user_id: adele, total_expense: 1999.99 },
        { user_id: ada, total_expense: 0.3 },
        { user_id: alan, total_expense: 0.3 },
      ])
      assert.deepEqual((await send('GET /orders/reports/best-sellers')).body, [
        { product_id: gadget, quantity_sold: 6 },
        { product_id: laptop, quantity_sold: 1 },
      ])
    })

    test('leave out what was cancelled, and keep what was paid', async (t) => {
      const { caughtUp, createProduct, createUser, placeOrder, send } = await start(t)
      const [ada, adele] = [await createUser(), await createUser()] as const
      const product_id = await createProduct({ price: 5 })
      const cancelled = await placeOrder(ada, [{ product_id, quantity: 2 }])
      const paid = await placeOrder(adele, [{ product_id, quantity: 1 }])
      await send(`DELETE /orders/${cancelled}`)
      await send('PUT /orders', { body: { order_id: paid, is_paid: true } })
      await caughtUp()
      const spenders = await send('GET /orders/reports/highest-spenders')
      assert.deepEqual(spenders.body, [{ user_id: adele, total_expense: 5 }])
      assert.deepEqual((await send('GET /orders/reports/best-sellers')).body, [{ product_id, quantity_sold: 1 }])
    })

    test('show the ten first', async (t) => {
      const { caughtUp, createProduct, createUser, placeOrder, send } = await start(t)
      const user = await createUser()
      for (let quantity = 1; quantity <= 11; quantity++)
        await placeOrder(user, [{ product_id: await createProduct(), quantity }])
      await caughtUp()
      const { body } = await send('GET /orders/reports/best-sellers')
      const sold = (body as unknown as { quantity_sold: number }[]).map(({ quantity_sold }) => quantity_sold)
      assert.deepEqual(sold, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
    })

    test('have seen the order whose token they are asked with', async (t) => {
      const { createProduct, createUser, send } = await start(t)
      const user_id = await createUser()
      const product_id = await createProduct()
      for (let quantity = 1; quantity <= 20; quantity++) {
        const body = { user_id, items: [{ product_id, quantity: 1 }] }
        const placed = await send('POST /orders', { body })
        const headers = { 'consistency-token': placed.headers.get('consistency-token') ?? '' }
        const report = await send('GET /orders/reports/best-sellers', { headers })
        assert.deepEqual(report.body, [{ product_id, quantity_sold: quantity }])
      }
    })

    test('refuse what is no token, or tells of what this store never recorded', async (t) => {
      const { caughtUp, createProduct, send } = await start(t)
      await createProduct()
      await caughtUp()
      const ask = (token: string) =>
        send('GET /orders/reports/best-sellers', { headers: { 'consistency-token': token } })
      for (const token of ['nonsense', '1~~order-events~0~zzz']) {
        const { status, body } = await ask(token)
        assert.deepEqual([status, body['code']], [422, 'INPUT_INVALID'])
      }
      assert.equal((await ask('1~~user-events~0~zzz')).status, 200)
      assert.equal((await ask('')).status, 200, 'of a caller who has done nothing yet')
    })

    test('answer 503 with Retry-After to a token that they do not reach in time', async (t) => {
      const { createUser, placeOrder, send, stopProjecting } = await start(t)
      const user_id = await createUser()
      await placeOrder(user_id)
      await stopProjecting()
      const product_id = 1
      const placed = await send('POST /orders', { body: { user_id, items: [{ product_id, quantity: 1 }] } })
      const headers = { 'consistency-token': placed.headers.get('consistency-token') ?? '' }
      const late = await send('GET /orders/reports/best-sellers', { headers })
      assert.deepEqual([late.status, late.body['code']], [503, 'READ_MODELS_BEHIND'])
      assert.equal(late.headers.get('retry-after'), '1')
    })
  })
