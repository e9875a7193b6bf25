import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMetric } from '../../../../tools/testing/read-metric.ts'
import { until } from '../../../../tools/testing/until.ts'
import { startStore } from '../testing/start-store.ts'

test('orders_total counts each order that was placed once: none that was refused, listed or sent again', async (t) => {
  const running = await startStore(t)
  const [user_id, product_id] = [await running.createUser(), await running.createProduct({ quantity: 3 })]
  const place = async (quantity: number, key: string) => {
    const body = { user_id, items: [{ product_id, quantity }] }
    return (await running.send('POST /orders', { body, headers: { 'idempotency-key': key } })).status
  }
  assert.equal(await readMetric(running, 'orders_total'), 0)
  assert.deepEqual([await place(1, 'a'), await place(1, 'a'), await place(9, 'b')], [201, 201, 409])
  assert.equal((await running.send('GET /orders')).status, 200)
  assert.equal(await place(2, 'c'), 201)
  // A request is counted after its answer is out.
  await until(
    'all to be counted',
    async () =>
      (await readMetric(running, 'http_request_duration_seconds_count{method="POST",route="/orders",status="2xx"}')) ===
      3,
  )
  assert.equal(await readMetric(running, 'orders_total'), 2)
})

test('each report counts the times that it was answered, as the lab counts them', async (t) => {
  const running = await startStore(t)
  const ask = async (report: string) => (await running.send(`GET /orders/reports/${report}`)).status
  await running.caughtUp()
  const asked = ['highest-spenders', 'best-sellers', 'best-sellers']
  for (const report of asked) assert.equal(await ask(report), 200)
  const counts = async () => [
    await readMetric(running, 'highest_spenders_total'),
    await readMetric(running, 'best_sellers_total'),
  ]
  await until('all to be counted', async () => (await counts()).join() === '1,2')
})
