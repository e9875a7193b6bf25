import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { startServer } from './testing/start-server.ts'

const access = 'public' as const

describe('a failure that nobody expected', () => {
  test('tells the caller nothing of it, and the log everything', async (t) => {
    const { url, log } = await startServer(t, (server) =>
      server.get('/', { config: { access } }, async () => {
        throw new Error('secret detail')
      }),
    )
    const response = await fetch(url)
    const body = await response.text()
    assert.equal(response.status, 500)
    assert.match(body, /"code":"INTERNAL"/)
    assert.doesNotMatch(body, /secret detail/)
    const line = log.lines.find(({ level }) => level === 50) as {
      requestId: string
      err: { message: string; stack: string }
    }
    assert.equal(line.err.message, 'secret detail')
    assert.match(line.err.stack, /error-answers\.test\.ts/)
    assert.equal(line.requestId, response.headers.get('x-request-id'))
  })

  test('is what an error of the set-up is, when a caller meets it', async (t) => {
    const { url, log } = await startServer(t, (server) =>
      server.get('/', { config: { access } }, async () => {
        throw new MagasinError('DATABASE_DAMAGED', '/srv/data/store.db is damaged')
      }),
    )
    const response = await fetch(url)
    assert.equal(response.status, 500)
    assert.doesNotMatch(await response.text(), /srv|DAMAGED/)
    assert.match(log.text(), /DATABASE_DAMAGED/)
  })

  test('is a 503 with Retry-After where another try may succeed, of which the log alone tells where and why', async (t) => {
    const { url, log } = await startServer(t, (server) =>
      server.get('/', { config: { access } }, async () => {
        throw new MagasinError('STORE_UNAVAILABLE', 'the server at 10.0.0.7 does not answer: look at MAGASIN_DB')
      }),
    )
    const response = await fetch(url)
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5'])
    assert.doesNotMatch(await response.text(), /10\.0\.0\.7|MAGASIN/)
    assert.match(log.text(), /10\.0\.0\.7 does not answer: look at MAGASIN_DB/)
  })
})
