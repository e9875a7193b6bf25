import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createHealth, type Health } from './health.ts'
import { registerHealthRoutes } from './http/operation-routes.ts'
import { startServer } from './http/testing/start-server.ts'

const fine = async (): Promise<void> => {}
const away = () => Promise.reject(new MagasinError('STORE_UNAVAILABLE', 'away'))

async function ready(t: Parameters<typeof startServer>[0], health: Health): Promise<readonly [number, unknown]> {
  const { url } = await startServer(t, (server) => registerHealthRoutes(server, health))
  const response = await fetch(`${url}/ready`)
  return [response.status, await response.json()]
}

describe('a service', () => {
  test('lives, whatever it lacks', async (t) => {
    const health = createHealth()
    health.add({ name: 'store', required: true, check: away })
    const { url } = await startServer(t, (server) => registerHealthRoutes(server, health))
    const response = await fetch(`${url}/health-check`)
    assert.deepEqual([response.status, await response.json()], [200, { status: 'ok' }])
  })

  test('is ready when it has all it needs', async (t) => {
    const health = createHealth()
    health.add({ name: 'store', required: true, check: fine })
    assert.deepEqual(await ready(t, health), [200, { status: 'ready', checks: { store: { status: 'ok' } } }])
  })

  test('is degraded without something that it can do without, and says what', async (t) => {
    const health = createHealth()
    health.add({ name: 'store', required: true, check: fine })
    health.add({ name: 'mail', required: false, check: () => Promise.reject(new Error('ada@example.com')) })
    assert.deepEqual(await ready(t, health), [
      200,
      { status: 'degraded', checks: { store: { status: 'ok' }, mail: { status: 'failed', code: 'INTERNAL' } } },
    ])
  })

  test('is not ready before all that it expects was there, and says what it waits for', async (t) => {
    const health = createHealth()
    health.expect({ name: 'store', required: true })
    health.expect({ name: 'log', required: false })
    const starting = { status: 'starting' } as const
    assert.deepEqual(await ready(t, health), [
      503,
      { status: 'unavailable', checks: { store: starting, log: starting } },
    ])
    health.add({ name: 'store', required: true, check: fine })
    const checks = { log: starting, store: { status: 'ok' } }
    assert.deepEqual(await ready(t, health), [200, { status: 'degraded', checks }])
    health.add({ name: 'log', required: false, check: fine })
    assert.equal((await health.report()).status, 'ready')
  })

  test('is unavailable without something that it needs', async (t) => {
    const health = createHealth()
    health.add({ name: 'store', required: true, check: away })
    assert.deepEqual(await ready(t, health), [
      503,
      { status: 'unavailable', checks: { store: { status: 'failed', code: 'STORE_UNAVAILABLE' } } },
    ])
  })

  test('has one check of a name: a second one, which would hide the first, is refused', () => {
    const health = createHealth()
    health.expect({ name: 'store', required: true })
    assert.throws(() => health.expect({ name: 'store', required: false }), /called store already/)
    health.add({ name: 'store', required: true, check: fine })
    assert.throws(() => health.add({ name: 'store', required: true, check: away }), /called store already/)
    assert.throws(() => health.expect({ name: 'store', required: true }), /called store already/)
  })

  test('is unavailable from when it stops', async (t) => {
    const health = createHealth()
    health.stopping()
    assert.deepEqual(await ready(t, health), [503, { status: 'unavailable', checks: {} }])
  })

  test('does not wait for a check that hangs, and runs the others beside it', async (t) => {
    const health = createHealth({ deadlineMs: 30 })
    let aborted = false
    const hang = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => void (aborted = true))
      return new Promise<void>(() => {})
    }
    health.add({ name: 'first', required: false, check: hang })
    health.add({ name: 'second', required: false, check: fine })
    const [status, body] = await ready(t, health)
    assert.deepEqual(
      [status, body],
      [
        200,
        {
          status: 'degraded',
          checks: { first: { status: 'failed', code: 'DEADLINE_EXCEEDED' }, second: { status: 'ok' } },
        },
      ],
    )
    assert.ok(aborted)
  })
})
