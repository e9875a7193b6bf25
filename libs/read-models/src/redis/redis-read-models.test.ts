import { randomUUID } from 'node:crypto'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startRedis } from '../../../../tools/engines/redis.ts'
import { sampleModels } from '../conformance/sample.ts'
import { readModelStoreSuite } from '../conformance/read-model-store.suite.ts'
import { startRedisCluster, type TestCluster } from '../testing/redis-cluster.ts'
import { redisIsMissing, redisUrl } from '../testing/redis-server.ts'
import { openRedisReadModels } from './redis-read-models.ts'

let cluster: TestCluster | undefined
before(async () => {
  if (!redisIsMissing) cluster = await startRedisCluster()
})
after(() => cluster?.stop())

for (const [name, url] of [
  ['Redis', () => redisUrl],
  ['a Redis Cluster', () => cluster!.url],
] as const)
  readModelStoreSuite({
    name,
    skip: redisIsMissing,
    async open(t, models) {
      const store = await openRedisReadModels(models, { url: url(), prefix: randomUUID() })
      t.after(() => store.close())
      return store
    },
  })

test(
  'a Redis that throws keys out is told, since nobody could see what is missing',
  { skip: redisIsMissing },
  async (t) => {
    const redis = await startRedis({ settings: { maxmemory: '50mb', 'maxmemory-policy': 'allkeys-lru' } })
    t.after(() => redis.kill())
    const store = await openRedisReadModels(sampleModels, { url: redis.url })
    t.after(() => store.close())
    await assert.rejects(store.check(), /maxmemory-policy allkeys-lru.*noeviction/)
  },
)
