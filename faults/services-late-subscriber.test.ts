import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startKafka } from '../tools/engines/kafka.ts'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { checkServices } from './testing/on-engines/check-services.ts'
import { collectServices } from './testing/on-engines/collect-services.ts'
import { readTopic } from './testing/on-engines/read-topic.ts'
import { coolriel, storeManager } from './testing/on-engines/service.ts'
import { createFaultSite, ownEngines } from './testing/on-engines/fault-site.ts'
import { readSeeds } from './testing/on-engines/start-services.ts'
import { until } from '../tools/testing/until.ts'
import { startUserLoad } from './testing/user-load.ts'

const skip = skipWithoutMysql || noKafka

// The seed's five, 150 created, 50 deleted.
const events = 5 + 150 + 50

test('a Coolriel that first comes after the events were published writes every e-mail', { skip }, async (t) => {
  const site = createFaultSite(t, await ownEngines(t, { mariadb: startMariadb(), kafka: startKafka() }))
  const [store, subscriber] = [await storeManager(site, 'store'), await coolriel(site, 'coolriel')]
  await store.start()
  const seeds = await readSeeds(store)
  const done = await startUserLoad([store], { users: 150, clients: 16, deadlineMs: 30_000 }).finished
  await until('all is published', async () => (await readTopic(site)).length === events, { everyMs: 500 })
  assert.equal(existsSync(site.outputDir), false)

  await subscriber.start()
  const evidence = await collectServices(site, { stores: [store], coolriels: [subscriber] })
  const acknowledged = [...seeds, ...done.map(({ effect }) => effect)]
  assert.equal(evidence.files.size, events)
  assert.deepEqual(checkServices({ acknowledged, ...evidence }), [])
})
