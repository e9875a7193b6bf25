import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { until } from '../../../../tools/testing/until.ts'
import { redisIsMissing, redisUrl } from '../testing/redis-server.ts'
import { startSwallowingProxy } from '../testing/swallowing-proxy.ts'
import { connectRedis } from './connection.ts'

test(
  'a connection that went dead is made anew, also if the next one goes dead while it is made',
  { skip: redisIsMissing },
  async (t) => {
    const proxy = await startSwallowingProxy(redisUrl)
    t.after(() => proxy.close())
    const connection = await connectRedis(proxy.url)
    t.after(() => connection.close())
    const ask = () => connection.run('status', `{${randomUUID()}}:control`)
    await ask()
    proxy.swallow()
    await assert.rejects(ask(), { code: 'READ_MODELS_UNAVAILABLE' })
    const began = performance.now()
    await assert.rejects(ask(), { code: 'READ_MODELS_UNAVAILABLE' })
    assert.ok(performance.now() - began < 1_000, 'who asks next has to wait, too')
    proxy.pass()
    const works = () =>
      ask().then(
        () => true,
        () => false,
      )
    await until('it works again', works, { deadlineMs: 10_000, everyMs: 200 })
  },
)
