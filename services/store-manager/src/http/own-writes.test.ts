import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplesIn, operationsOf, type ReferenceDocument } from '@magasin/service-kit/testing/example-faults'
import { startStore } from '../testing/start-store.ts'

test('every route that takes a Consistency-Token waits for what it names, and says so if that does not come', async (t) => {
  const { url, createUser, placeOrder, send, stopProjecting } = await startStore(t)
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as ReferenceDocument
  const routes = operationsOf(document).filter(([, { parameters = [] }]) =>
    parameters.some(({ name }) => name === 'consistency-token'),
  )
  assert.ok(routes.length >= 3)
  const user_id = await createUser()
  await placeOrder(user_id)
  await stopProjecting()
  const unseen = await send('POST /orders', { body: { user_id, items: [{ product_id: 1, quantity: 1 }] } })
  const headers = { 'consistency-token': unseen.headers.get('consistency-token') ?? '' }
  for (const [name, { requestBody }] of routes)
    await t.test(name, async () => {
      const [body] = examplesIn(requestBody?.content)
      const { status, body: problem } = await send(name, { headers, ...(body === undefined ? {} : { body }) })
      assert.deepEqual([status, problem['code']], [503, 'READ_MODELS_BEHIND'])
      assert.equal((await send(name, body === undefined ? {} : { body })).status, 200)
    })
})
