import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { startServer } from './testing/start-server.ts'

const access = 'public' as const

/** A service that stops while it answers one request. */
async function stoppingService(t: TestContext) {
  const entered = Promise.withResolvers<void>()
  const leave = Promise.withResolvers<void>()
  const { server, url, port } = await startServer(t, (of) => {
    of.get('/slow', { config: { access } }, async () => {
      entered.resolve()
      await leave.promise
      return { finished: true }
    })
    of.get('/fast', { config: { access } }, async () => ({ finished: true }))
  })
  const slow = fetch(`${url}/slow`)
  await entered.promise
  const stop = async () => {
    const closed = server.close()
    while (server.server.listening) await setImmediate()
    return { closed }
  }
  return { slow, url, port, stop, leave: () => leave.resolve() }
}

describe('a request', () => {
  test('that comes while the service stops is refused with a 503, and may be sent to another', async (t) => {
    const { slow, url, port, stop, leave } = await stoppingService(t)
    const socket = connect(port, '127.0.0.1')
    // Begun before, so that its connection is not idle; it is there when a later request was answered.
    socket.write('GET /slow HTTP/1.1\r\n')
    await fetch(`${url}/fast`)
    const { closed } = await stop()
    socket.write('host: x\r\n\r\n')
    assert.match(await text(socket), /503[^]*connection: close[^]*"code":"STOPPING"/)
    leave()
    await slow
    await closed
  })

  test('that is under way while the service stops is finished, and does not hold up the end after that', async (t) => {
    const { slow, stop, leave } = await stoppingService(t)
    const { closed } = await stop()
    leave()
    const answer = await slow
    assert.deepEqual([await answer.json(), answer.headers.get('connection')], [{ finished: true }, 'close'])
    await closed
  })
})
