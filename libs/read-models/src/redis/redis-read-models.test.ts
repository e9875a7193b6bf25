import { randomUUID } from 'node:crypto'
import { after, before } from 'node:test'
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
