import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { maxValueBytes } from '@magasin/contracts/catalogue'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { range } from '../conformance/read.ts'
import type { EventTables } from '../table/event-table.ts'
import { appendEvents } from '../testing/event-tables.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import type { OnNews } from '../news.ts'
import type { RecordedEnds } from '../recorded-ends.ts'
import { relayedStore } from './testing/relayed-store.ts'

describe('the relay', { skip: noKafka }, () => {
  relaySuite(undefined)
})

describe('the relay of a store on MySQL', { skip: noKafka || skipWithoutMysql }, () => {
  relaySuite((t) => openMysql<EventTables>(mysqlDatabase(t)))
})

function relaySuite(open: Parameters<typeof relayedStore>[2]): void {
  test('copies every event of the table into its partition, in order, those that are recorded later too', async (t) => {
    const { record, relay, until, told, lying } = await relayedStore(t, undefined, open)
    await record(0, 2_500)
    await record(5, 3)
    await relay()
    await until(() => told.sent === 2_503)
    await record(5, 2)
    await until(() => told.sent === 2_505)
    assert.deepEqual(await lying(0), range(1, 2_500))
    assert.deepEqual(await lying(5), [1, 2, 3, 4, 5])
    assert.deepEqual(await lying(6), [])
    assert.deepEqual(told.failures, [])
  })

  test('goes on where it was when it starts again, and repeats nothing', async (t) => {
    const { record, relay, until, told, lying } = await relayedStore(t, undefined, open)
    await record(1, 10)
    const first = await relay()
    await until(() => told.sent === 10)
    await first.stop()
    await record(1, 5)
    await relay()
    await until(() => told.sent === 15)
    assert.deepEqual(await lying(1), range(1, 15))
  })

  test('sends events of the largest size, many at once, in requests that a broker takes as it comes', async (t) => {
    const { record, relay, until, told, taken } = await relayedStore(t, undefined, open)
    await record(3, 9, { value: 'x'.repeat(maxValueBytes) })
    await record(4, 9, { value: 'é'.repeat(maxValueBytes / 2) })
    await record(3, 20)
    await relay()
    await until(() => told.sent === 38)
    assert.deepEqual(await taken(3), range(1, 29))
    assert.deepEqual(await taken(4), range(1, 9))
    assert.deepEqual(told.failures, [])
  })

  test('sends small events with the longest names, many at once, in requests that a broker takes as it comes', async (t) => {
    const { database, relay, until, told, taken } = await relayedStore(t, undefined, open)
    const longest = (i: number) => ({
      partition: 6,
      commandNo: 900_000_000_000_000 + i,
      streamVersion: 900_000_000_000_000,
      type: 'T'.repeat(100),
      stream: `${i}-`.padEnd(200, 's'),
      causedBy: randomUUID(),
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      value: 'x'.repeat(130),
    })
    await appendEvents(database, range(1, 2_500).map(longest))
    await relay()
    // A broker under load may also be late with its first answer, which is said, too.
    const refused = () => told.failures.filter((fault) => String(fault).includes('of the Kafka protocol'))
    await until(() => told.sent === 2_500 || refused().length > 0)
    assert.deepEqual(refused(), [])
    assert.deepEqual(await taken(6), range(1, 2_500))
  })

  test('looks at once if there is news of its topics, and only from time to time if there is news of others', async (t) => {
    const { database, record, relay, until, told } = await relayedStore(t, undefined, open)
    const looks = { count: 0 }
    const reader = database.reader.withPlugin({
      transformQuery: ({ node }) => (looks.count++, node),
      transformResult: ({ result }) => Promise.resolve(result),
    })
    let tell: (news: RecordedEnds | null) => void = () => undefined
    const onNews: OnNews = (listener) => ((tell = listener), () => undefined)
    const relaying = await relay({ database: { ...database, reader }, onNews })
    while (!relaying.isActive) await new Promise(setImmediate)
    const of = (...topics: readonly string[]) => new Map(topics.map((topic) => [topic, new Map([[0, 1]])]))
    for (const news of [of('visit-events', 'member-events'), null])
      for (let i = 0; i < 50; i++) {
        const seen = looks.count
        tell(news)
        while (looks.count === seen) await new Promise(setImmediate)
      }
    const [begun, before] = [performance.now(), looks.count]
    while (performance.now() - begun < 300) {
      tell(of('visit-events'))
      await new Promise(setImmediate)
    }
    assert.ok(looks.count - before < 10, `${looks.count - before} looks for news of another topic`)
    await record(2, 1)
    tell(of('member-events', 'visit-events'))
    await until(() => told.sent === 1)
  })
}
