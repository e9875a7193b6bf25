import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { PartitionRef } from '@magasin/event-log/event-log'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables } from '@magasin/event-log/testing/event-tables'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { travelClub } from '@magasin/contracts/testing/trips'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../../tools/testing/temporary-folder.ts'
import { exportHistory, type ExportRequest } from './export-history.ts'

const member = (partition: number): PartitionRef => ({ topic: 'member-events', partition })
const visit = (partition: number): PartitionRef => ({ topic: 'visit-events', partition })

/** What happened: commands, each with the places of its events. */
const happened: readonly (readonly PartitionRef[])[] = [
  [member(3)],
  [visit(5), member(3), visit(0)],
  [visit(5)],
  [member(0), visit(5)],
  [visit(0), member(3), member(0)],
]
const count = happened.flat().length

/** Each event in its order: which command, which of its events, and where it lies. */
const inOrder = happened.flatMap((places, i) =>
  places.map(({ topic, partition }, commandIndex) => [i + 1, commandIndex, topic, partition]),
)

async function recordAll(database: SqlDatabase<EventTables>, logId: string): Promise<void> {
  const events = happened.flatMap((places, i) =>
    places.map((at, commandIndex) => ({ ...at, logId, commandNo: i + 1, commandIndex, value: '{"event":"Told"}' })),
  )
  await appendEvents(database, events)
}

interface Line {
  readonly command_no: number
  readonly command_index: number
  readonly topic: string
  readonly partition: number
}

const told = (file: string) =>
  (JSON.parse(readFileSync(file, 'utf8')) as readonly Line[]).map((line) => [
    line.command_no,
    line.command_index,
    line.topic,
    line.partition,
  ])

type Asked = Pick<ExportRequest, 'topics'> & Partial<ExportRequest>

/** A store on SQLite in which all of it happened, and nothing in a third topic. */
async function openStore(t: TestContext) {
  const folder = temporaryFolder(t)
  const database = openSqlite<EventTables>({ file: join(folder, 'store.db') })
  t.after(() => database.close())
  await recordAll(database, await createEventTables(database, travelClub))
  const log = await openTableLog({ database })
  const out = join(folder, 'history.json')
  const ask = (asked: Asked) => exportHistory({ log, out, from: 'beginning', everyCommand: true, ...asked })
  const change = (statement: (db: Parameters<Parameters<typeof database.transaction>[0]>[0]) => Promise<unknown>) =>
    database.transaction(async (tx) => void (await statement(tx)))
  return { out, ask, change }
}

const allTopics = ['visit-events', 'trip-events', 'member-events']

describe('the exported history of several topics', () => {
  test('is told in the order in which it happened, whatever the order of the topics, and though one is empty', async (t) => {
    const { out, ask } = await openStore(t)
    const { completeness, order } = await ask({ topics: allTopics })
    assert.deepEqual(told(out), inOrder)
    assert.deepEqual([completeness.total, order.lastCommand, order.firstMissing], [count, happened.length, null])
    const empty = completeness.ranges.filter(({ topic }) => topic === 'trip-events')
    assert.deepEqual(
      empty.map(({ first, last }) => last - first + 1),
      Array.from({ length: 8 }, () => 0),
    )
    const first = readFileSync(out)
    await ask({ topics: allTopics.toReversed() })
    assert.deepEqual(readFileSync(out), first, 'the same bytes')
  })

  test('is refused where a partition tells events in another order than they happened; the older file stays', async (t) => {
    const { out, ask, change } = await openStore(t)
    writeFileSync(out, 'older')
    // The numbers of two events of one partition, swapped.
    await change(async (tx) => {
      const at = (seq: number) =>
        tx.updateTable('events').where('topic', '=', 'visit-events').where('partition', '=', 5).where('seq', '=', seq)
      await at(1).set({ command_no: 3, command_index: 0 }).execute()
      await at(2).set({ command_no: 2, command_index: 0 }).execute()
    })
    await assert.rejects(ask({ topics: allTopics }), { code: 'LOG_DAMAGED', message: /^visit-events partition 5: / })
    assert.equal(readFileSync(out, 'utf8'), 'older')
  })

  test('is refused where a partition has lost its end with its counter, which no number of the partition shows', async (t) => {
    const { out, ask, change } = await openStore(t)
    await change(async (tx) => {
      const [events, counter] = [tx.deleteFrom('events'), tx.updateTable('partition_counters')]
      await events.where('topic', '=', 'member-events').where('partition', '=', 0).execute()
      await counter.set({ last_seq: 0 }).where('topic', '=', 'member-events').where('partition', '=', 0).execute()
    })
    await assert.rejects(ask({ topics: allTopics }), {
      code: 'LOG_GAP',
      message: /^number 0 of command 4 is in none of the topics/,
    })
    assert.ok(!existsSync(out))
  })

  test('of some topics of a store is no history of the store, and does not pass for one', async (t) => {
    const { out, ask } = await openStore(t)
    await assert.rejects(ask({ topics: ['member-events'] }), {
      code: 'LOG_GAP',
      facts: { commandNo: 2, commandIndex: 0 },
    })
    const { order } = await ask({ topics: ['member-events'], everyCommand: false })
    assert.deepEqual(
      told(out),
      inOrder.filter(([, , topic]) => topic === 'member-events'),
    )
    assert.deepEqual(order.firstMissing, { commandNo: 2, commandIndex: 0 })
  })
})

describe('the exported history of several topics of a broker', { skip: noKafka }, () => {
  test('is the same bytes as that of the store when all has arrived, and tells what has not', async (t) => {
    const store = await relayedStore(t)
    await recordAll(store.database, store.logId)
    const folder = temporaryFolder(t)
    const topics = ['visit-events', 'member-events']
    const ask = async (name: string, asked: Partial<ExportRequest> = {}) => {
      const out = join(folder, name)
      const exported = await exportHistory({
        log: store.log,
        topics,
        out,
        from: 'beginning',
        everyCommand: false,
        ...asked,
      })
      return { ...exported, out, bytes: readFileSync(out) }
    }
    const table = await ask('table.json', { log: await openTableLog({ database: store.database }) })
    assert.deepEqual(told(table.out), inOrder)

    const ofMembers = happened.flat().filter(({ topic }) => topic === 'member-events').length
    const relay = await store.relay()
    await store.until(() => store.told.sent === ofMembers)
    await relay.stop()
    const early = await ask('early.json')
    assert.deepEqual(early.order.firstMissing, { commandNo: 2, commandIndex: 0 })
    assert.equal(early.completeness.total, ofMembers)

    await store.relay({ topics })
    await store.until(() => store.told.sent === count)
    const whole = await ask('log.json')
    assert.deepEqual(whole.bytes, table.bytes)
    assert.equal(whole.order.firstMissing, null)

    await store.removeBefore(3, 2)
    await assert.rejects(ask('gone.json'), { code: 'LOG_GAP' })
    const rest = await ask('rest.json', { from: 'floor' })
    const begun = rest.completeness.ranges.filter(({ first }) => first > 1)
    assert.deepEqual(begun, [{ ...member(3), first: 3, last: 3 }])
    assert.equal(rest.completeness.total, count - 2)
  })
})
