import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { createTestHost } from '@magasin/host/testing/test-host'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { until } from '../../../../tools/testing/until.ts'
import { storeManager } from '../part.ts'
import { startStoreManager } from '../start.ts'
import { startStore } from '../testing/start-store.ts'

const testRoutes = 'on'
/** Timers that run in this process: each slow request has that of its deadline, and its own. */
const timers = () => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length

describe('a slow answer', () => {
  for (const setting of ['on', 'off'] as const)
    test(`is ${setting === 'on' ? 'there' : 'not there'} with MAGASIN_TEST_ROUTES=${setting}`, async (t) => {
      const dataDir = temporaryFolder(t)
      const host = await createTestHost(t, { parts: [storeManager], catalogue: shopCatalogue, config: { dataDir } })
      await startStoreManager(
        { dataDir, token: null, access: 'token', testRoutes: setting, readModels: 'sqlite' },
        host,
      )
      const isThere = host.server.declaredRoutes.some(({ url }) => url.startsWith('/test'))
      assert.equal(isThere, setting === 'on')
    })

  test('comes after so many seconds, and not before', async (t) => {
    const { send } = await startStore(t, { testRoutes })
    const begin = performance.now()
    const { status, body } = await send('GET /test/slow/0.25')
    assert.deepEqual([status, body], [200, { seconds: 0.25 }])
    assert.ok(performance.now() - begin >= 249)
  })

  test('takes 60 seconds at most, and no text that is no number', async (t) => {
    const { send } = await startStore(t, { testRoutes, deadlineMs: 50 })
    for (const seconds of ['60', '60.000', '59.999', '7.5'])
      assert.equal((await send(`GET /test/slow/${seconds}`)).status, 503, seconds)
    for (const seconds of ['61', '60.001', '100', '-1', '1e1', '0x1', '01', '.5', '1.', '1.2345', 'NaN', '%20'])
      assert.equal((await send(`GET /test/slow/${seconds}`)).body['code'], 'INPUT_INVALID', seconds)
  })

  test('is cut at the deadline of every request, and says so', async (t) => {
    const { send } = await startStore(t, { testRoutes, deadlineMs: 50 })
    const { status, body, headers } = await send('GET /test/slow/30')
    assert.deepEqual([status, body['code'], headers.get('retry-after')], [503, 'DEADLINE_EXCEEDED', '1'])
    assert.match(String(body['detail']), /no answer within 50 ms/)
  })

  test('is given up when its caller hangs up', async (t) => {
    const { url, manager } = await startStore(t, { testRoutes, deadlineMs: 60_000 })
    const before = timers()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(`GET /test/slow/60 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${manager}\r\n\r\n`)
    await until('a slow request', () => timers() >= before + 2)
    socket.destroy()
    await until('no slow request', () => timers() <= before)
  })

  test('does not hold up the end of the service: it is refused', async (t) => {
    const { send, stop } = await startStore(t, { testRoutes, deadlineMs: 60_000 })
    const before = timers()
    const slow = send('GET /test/slow/60')
    await until('a slow request', () => timers() >= before + 2)
    const [{ status, body }] = await Promise.all([slow, stop()])
    assert.deepEqual([status, body['code']], [503, 'STOPPING'])
  })
})
