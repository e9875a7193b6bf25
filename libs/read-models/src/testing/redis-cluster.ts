import { createClient } from '@redis/client'
import type { Engine } from '../../../../tools/engines/engine.ts'
import { startRedis } from '../../../../tools/engines/redis.ts'
import { until } from '../../../../tools/testing/until.ts'

const slots = 16_384

export interface TestCluster {
  /** As `connectRedis` takes it. */
  readonly url: string
  stop(): Promise<void>
}

/** A Redis Cluster of two servers, each with half of the slots. */
export async function startRedisCluster(): Promise<TestCluster> {
  const start = () => startRedis({ settings: { 'cluster-enabled': 'yes', appendonly: 'no' } })
  const servers: readonly Engine[] = [await start(), await start()]
  const clients = servers.map(({ url }) => createClient({ url }))
  await Promise.all(clients.map((client) => client.connect()))
  const halves = [
    [0, slots / 2 - 1],
    [slots / 2, slots - 1],
  ] as const
  for (const [i, client] of clients.entries())
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', ...halves[i]!.map(String)])
  await clients[0]!.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', new URL(servers[1]!.url).port])
  const isReady = async () => {
    for (const client of clients) if (!(await client.clusterInfo()).includes('cluster_state:ok')) return false
    return true
  }
  await until('the cluster has all its slots', isReady)
  for (const client of clients) client.destroy()
  return {
    url: servers.map(({ url }) => url).join(','),
    async stop() {
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}
