import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { registerMetricsRoute } from './http/operation-routes.ts'
import { startServer } from './http/testing/start-server.ts'
import { createMetrics } from './metrics.ts'

describe('the metrics', () => {
  test('count requests by method, route pattern and status class, and hold no id', async (t) => {
    const metrics = createMetrics()
    const { url } = await startServer(
      t,
      (server) => {
        registerMetricsRoute(server, metrics)
        server.get('/users/:id', { config: { access: 'public' } }, async () => 'x')
      },
      { metrics },
    )
    for (const path of ['/users/ada', '/users/grace', '/nowhere/alan']) await (await fetch(url + path)).text()
    const response = await fetch(`${url}/metrics`)
    const text = await response.text()
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    assert.match(text, /http_request_duration_seconds_count\{method="GET",route="\/users\/:id",status="2xx"\} 2/)
    assert.match(text, /http_request_duration_seconds_count\{method="GET",route="none",status="4xx"\} 1/)
    assert.doesNotMatch(text, /ada|grace|alan/)
  })

  test('tell how late the event loop is', async () => {
    assert.match(await createMetrics().registry.metrics(), /nodejs_eventloop_lag_p99_seconds/)
  })

  test('of two services in one process are apart', async () => {
    const [one, other] = [createMetrics(), createMetrics()]
    one.httpDuration.labels('GET', '/only-here', '2xx').observe(1)
    assert.match(await one.registry.metrics(), /only-here/)
    assert.doesNotMatch(await other.registry.metrics(), /only-here/)
  })
})
