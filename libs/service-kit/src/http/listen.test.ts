import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { createHttpServer } from './create-http-server.ts'
import { listen, type ListenOptions } from './listen.ts'
import { createLogger } from '../log/logger.ts'
import { startServer } from './testing/start-server.ts'

describe('a service that listens', () => {
  const refused = async (t: Parameters<typeof startServer>[0], options: ListenOptions) => {
    const server = await createHttpServer({
      about: { title: 'Test', description: '', version: '1.0.0' },
      logger: createLogger({ service: 'test', level: 'silent' }),
    })
    t.after(() => server.close())
    const error: unknown = await listen(server, options).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    assert.ok(isMagasinError(error))
    return error
  }

  test('says where, on a port that it was given or on any free one', async (t) => {
    const { url, port } = await startServer(t, () => {})
    assert.equal(url, `http://127.0.0.1:${port}`)
    assert.equal((await fetch(`${url}/openapi.json`)).status, 200)
  })

  test('says which setting to change when the port is in use', async (t) => {
    const { port } = await startServer(t, () => {})
    const error = await refused(t, { host: '127.0.0.1', port })
    assert.equal(error.code, 'PORT_IN_USE')
    assert.match(error.message, new RegExp(`port ${port} .* set PORT `))
    const other = await refused(t, { host: '127.0.0.1', port, settingNames: { port: 'PAYMENTS_PORT', host: 'HOST' } })
    assert.match(other.message, /set PAYMENTS_PORT/)
  })

  test('says which setting to change when the machine has no such address', async (t) => {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737): no machine has it.
    const error = await refused(t, { host: '192.0.2.1', port: 0 })
    assert.equal(error.code, 'PORT_REFUSED')
    assert.match(error.message, /set HOST/)
  })
})
