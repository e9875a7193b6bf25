import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startStore, type RunningStore } from '../testing/start-store.ts'

const laptop = { name: 'Laptop ABC', sku: 'LP12567', price: 1999.99, quantity: 1000 }
const gadget = { name: 'Gadget XYZ', sku: 'GG12345', price: 5.75, quantity: 2 }

const levelOf = async ({ send }: RunningStore, product: number) =>
  (await send(`GET /stocks/${product}`)).body['quantity']

describe('an order', () => {
  test('keeps the names and prices of its moment, and takes its stock', async (t) => {
    const running = await startStore(t)
    const { send, createUser, createProduct } = running
    const [user, first, second] = [await createUser(), await createProduct(laptop), await createProduct(gadget)]
    const items = [
      { product_id: second, quantity: 1 },
      { product_id: first, quantity: 3 },
      { product_id: second, quantity: 1 },
    ]
    const placed = await send('POST /orders', { body: { user_id: user, items } })
    assert.equal(placed.status, 201)
    assert.deepEqual(placed.body, { order_id: 1 })
    assert.equal(placed.headers.get('location'), '/orders/1')
    assert.deepEqual((await send('GET /orders/1')).body, {
      id: 1,
      user_id: user,
      total_amount: 6011.47,
      items: [
        { product_id: first, name: 'Laptop ABC', sku: 'LP12567', quantity: 3, unit_price: 1999.99 },
        { product_id: second, name: 'Gadget XYZ', sku: 'GG12345', quantity: 2, unit_price: 5.75 },
      ],
      payment_link: null,
      is_paid: false,
      status: 'placed',
    })
    assert.deepEqual([await levelOf(running, first), await levelOf(running, second)], [997, 0])
  })

  test('that costs more than one order may is refused, so that sums of them stay exact', async (t) => {
    const running = await startStore(t)
    const [user, product_id] = [await running.createUser(), await running.createProduct({ price: 1_000_000 })]
    const order = (quantity: number) => ({ body: { user_id: user, items: [{ product_id, quantity }] } })
    assert.equal((await running.send('POST /orders', order(10))).status, 201)
    const refused = await running.send('POST /orders', order(11))
    assert.deepEqual([refused.status, refused.body['code']], [422, 'ORDER_TOO_LARGE'])
  })

  test('with many long ones beside it is on a page that ends sooner, and none is missed', async (t) => {
    const running = await startStore(t)
    const user = await running.createUser()
    const ids = await Promise.all(
      Array.from({ length: 100 }, (_, i) => running.createProduct({ sku: `LONG${i}`, name: 'x'.repeat(200) })),
    )
    const items = ids.map((product_id) => ({ product_id, quantity: 1 }))
    for (let i = 0; i < 7; i++) await running.placeOrder(user, items)
    const seen: number[][] = []
    for (let after: number | null = 0; after !== null;) {
      const { body } = await running.send(`GET /orders?limit=200&after=${after}`)
      seen.push((body['orders'] as { id: number }[]).map(({ id }) => id))
      after = body['next'] as number | null
    }
    assert.deepEqual(seen.flat(), [1, 2, 3, 4, 5, 6, 7])
    assert.ok(seen.length > 1)
  })

  test('for more than there is gets 409 with what is left, and takes nothing', async (t) => {
    const running = await startStore(t)
    const [user, plenty] = [await running.createUser(), await running.createProduct()]
    const few = await running.createProduct(gadget)
    const items = [
      { product_id: plenty, quantity: 5 },
      { product_id: few, quantity: 3 },
    ]
    const refused = await running.send('POST /orders', { body: { user_id: user, items } })
    assert.equal(refused.status, 409)
    assert.equal(refused.body['code'], 'STOCK_INSUFFICIENT')
    assert.deepEqual(refused.body['short'], [{ product_id: few, requested: 3, available: 2 }])
    assert.deepEqual([await levelOf(running, plenty), await levelOf(running, few)], [1000, 2])
    assert.equal((await running.send('GET /orders/1')).status, 404)
  })

  test('for a product that is not there says which, and one of nobody says so', async (t) => {
    const { send, createUser } = await startStore(t)
    const items = [{ product_id: 9, quantity: 1 }]
    const unknown = await send('POST /orders', { body: { user_id: await createUser(), items } })
    assert.deepEqual([unknown.status, unknown.body['code'], unknown.body['product_id']], [404, 'PRODUCT_NOT_FOUND', 9])
    const nobody = await send('POST /orders', { body: { user_id: 99, items } })
    assert.deepEqual([nobody.status, nobody.body['code'], nobody.body['field']], [404, 'USER_NOT_FOUND', 'user_id'])
  })

  test('whose lines of one product come to too many units is refused for its input', async (t) => {
    const { send, createUser, createProduct } = await startStore(t)
    const line = { product_id: await createProduct(), quantity: 6000 }
    const refused = await send('POST /orders', { body: { user_id: await createUser(), items: [line, line] } })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /10000 units/)
  })

  test('that is cancelled gives its stock back once, and stays readable', async (t) => {
    const running = await startStore(t)
    const few = await running.createProduct(gadget)
    const order = await running.placeOrder(await running.createUser(), [{ product_id: few, quantity: 2 }])
    assert.deepEqual((await running.send(`DELETE /orders/${order}`)).body, { deleted: true })
    assert.equal(await levelOf(running, few), 2)
    const again = await running.send(`DELETE /orders/${order}`)
    assert.deepEqual([again.status, again.body['code'], again.body['deleted']], [409, 'ORDER_CANCELLED', false])
    assert.equal(await levelOf(running, few), 2)
    const read = (await running.send(`GET /orders/${order}`)).body
    assert.deepEqual([read['status'], read['is_paid']], ['cancelled', false])
  })

  test('that is paid stays paid, and cannot be cancelled', async (t) => {
    const { send, createUser, placeOrder } = await startStore(t)
    const order_id = await placeOrder(await createUser())
    for (let i = 0; i < 2; i++)
      assert.deepEqual((await send('PUT /orders', { body: { order_id, is_paid: true } })).body, { updated: true })
    assert.equal((await send(`GET /orders/${order_id}`)).body['is_paid'], true)
    assert.equal((await send(`DELETE /orders/${order_id}`)).body['code'], 'ORDER_PAID')
    assert.equal((await send('PUT /orders', { body: { order_id, is_paid: false } })).body['code'], 'ORDER_PAID')
  })

  test('keeps its user and its products from being deleted until it is paid or cancelled', async (t) => {
    const { send, createUser, createProduct, placeOrder } = await startStore(t)
    const [user, product] = [await createUser(), await createProduct()]
    const items = [{ product_id: product, quantity: 1 }]
    const [first, second] = [await placeOrder(user, items), await placeOrder(user, items)]
    const codes = async () => [
      (await send(`DELETE /users/${user}`)).body['code'],
      (await send(`DELETE /products/${product}`)).body['code'],
    ]
    assert.deepEqual(await codes(), ['USER_HAS_OPEN_ORDERS', 'PRODUCT_RESERVED'])
    await send('PUT /orders', { body: { order_id: first, is_paid: true } })
    assert.deepEqual(await codes(), ['USER_HAS_OPEN_ORDERS', 'PRODUCT_RESERVED'])
    await send(`DELETE /orders/${second}`)
    assert.deepEqual(await codes(), [undefined, undefined])
    const kept = (await send(`GET /orders/${first}`)).body
    assert.deepEqual([kept['user_id'], kept['status']], [user, 'paid'])
  })
})

describe('the list of orders', () => {
  test('is narrowed by user, by status and by both', async (t) => {
    const { send, createUser, placeOrder } = await startStore(t)
    const [ada, grace] = [await createUser(), await createUser()]
    const orders = [await placeOrder(ada), await placeOrder(grace), await placeOrder(ada)]
    await send('PUT /orders', { body: { order_id: orders[0], is_paid: true } })
    const idsOf = async (query: string) => {
      const { body } = await send(`GET /orders?${query}`)
      return [...(body['orders'] as { id: number }[]).map(({ id }) => id), body['next']]
    }
    assert.deepEqual(await idsOf(''), [...orders, null])
    assert.deepEqual(await idsOf(`user_id=${ada}`), [orders[0], orders[2], null])
    assert.deepEqual(await idsOf('status=placed'), [orders[1], orders[2], null])
    assert.deepEqual(await idsOf(`user_id=${ada}&status=paid`), [orders[0], null])
    assert.deepEqual(await idsOf('limit=2'), [orders[0], orders[1], orders[1]])
    assert.deepEqual(await idsOf(`limit=2&after=${orders[1]}`), [orders[2], null])
    assert.equal((await send('GET /orders?status=lost')).status, 422)
  })
})
