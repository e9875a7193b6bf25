import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { RateLimits } from '@magasin/service-kit/rate-limiter'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import type { Host } from './host.ts'
import { startHost } from './start-host.ts'
import { libraryCatalogue } from './testing/library/contracts.ts'
import { library, startLibrary } from './testing/library/service.ts'

const about = { title: 'A library', description: 'Lends books.', version: '0.0.0' }
const engines = { database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {} } as const

/** Starts the library, with what `more` adds to it. */
async function open(t: TestContext, more: (host: Host) => void, limits: Partial<RateLimits> = {}) {
  const config = {
    ...engines,
    host: '127.0.0.1',
    port: 0,
    dataDir: temporaryFolder(t),
    logLevel: 'silent',
    ...limits,
  } as const
  const { signal } = new AbortController()
  const options = { name: 'library', parts: [library], catalogue: libraryCatalogue, about, config, signal }
  const running = await startHost(options, async (host) => {
    await startLibrary(host)
    more(host)
  })
  t.after(() => running.stop())
  return running
}

const declareSecret = ({ server }: Host) =>
  void server.get('/secret', { config: { access: { roles: ['librarian'] } } }, async () => 'secret')

describe('a service whose routes are not all public', () => {
  test('does not start if nobody in its process tells who calls', async (t) => {
    await assert.rejects(open(t, declareSecret), /GET \/secret is not public, and nothing here tells who calls/)
  })

  test('is closed without a token as soon as anyone in its process tells who calls', async (t) => {
    const { url } = await open(t, (host) => {
      declareSecret(host)
      host.authenticateBy({
        authenticate: async (token) =>
          token === 'of-ada' ? { id: 'user:1', role: 'librarian', userId: 1 } : undefined,
      })
    })
    assert.equal((await fetch(`${url}/secret`)).status, 401)
    const known = await fetch(`${url}/secret`, { headers: { authorization: 'Bearer of-ada' } })
    assert.deepEqual([known.status, await known.text()], [200, 'secret'])
  })

  test('takes as many requests of a caller as it is told', async (t) => {
    const withAda = (host: Host) => {
      declareSecret(host)
      host.authenticateBy({ authenticate: async () => ({ id: 'user:1', role: 'librarian', userId: 1 }) })
    }
    const { url } = await open(t, withAda, { rateLimit: 1 })
    const ask = () => fetch(`${url}/secret`, { headers: { authorization: 'Bearer of-ada' } })
    assert.deepEqual([(await ask()).status, (await ask()).status], [200, 429])
  })

  test('does not start with a route that does not say who may call it', async (t) => {
    const forgetful = ({ server }: Host) => void server.get('/forgotten', async () => 'open to all')
    await assert.rejects(open(t, forgetful), /GET \/forgotten must declare who may call it/)
  })
})

test('a key without a caller is refused on a public route, and the answer says why', async (t) => {
  const { url } = await open(t, () => undefined)
  const lend = (headers: Readonly<Record<string, string>>) =>
    fetch(`${url}/loans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"book":1,"reader":"Ada Lovelace"}',
    })
  const refused = await lend({ 'idempotency-key': 'one' })
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /not taken on a public route: a key belongs to a caller/)
  assert.equal((await lend({})).status, 200)
})
