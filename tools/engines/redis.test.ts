import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Engine } from './engine.ts'
import { startRedis } from './redis.ts'

test('a Redis of our own holds after a stop and after a kill what it was told', async () => {
  const redis = await startRedis()
  try {
    assert.equal(await ask(redis, 'SET product laptop'), '+OK')
    await redis.stop()
    await redis.start()
    assert.equal(await ask(redis, 'APPEND product s'), ':7')
    // What it was told a moment before a kill may be lost: here it is not, for it is written at once and flushed within a second.
    await redis.kill()
    await redis.start()
    assert.equal(await ask(redis, 'STRLEN product'), ':7')
  } finally {
    await redis.kill()
  }
})

async function ask({ port }: Engine, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(`${command}\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString().trim()
  } finally {
    socket.destroy()
  }
}
