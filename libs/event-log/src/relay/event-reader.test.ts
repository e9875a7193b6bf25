import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { maxValueBytes } from '@magasin/contracts/catalogue'
import type { EventRecord } from '@magasin/contracts/event-record'
import { club } from '@magasin/contracts/testing/members'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { range } from '../conformance/read.ts'
import type { EventTables } from '../table/event-table.ts'
import { appendEvents, createEventTables } from '../testing/event-tables.ts'
import { EventReader } from './event-reader.ts'
import { KnownEnds } from './known-ends.ts'
import { headsAfter, type HeadsByTopic } from './heads.ts'

const beginning: HeadsByTopic = new Map(
  [...club.topics.values()].map(({ name, partitions }) => [
    name,
    new Map(Array.from({ length: partitions }, (_, i) => [i, { seq: 0, offset: -1, id: null, end: 0 }])),
  ]),
)

readerSuite('SQLite', (t) => openSqlite<EventTables>({ file: join(temporaryFolder(t), 'store.db') }))

describe('MySQL', { skip: skipWithoutMysql }, () => {
  readerSuite('MySQL', (t) => openMysql<EventTables>(mysqlDatabase(t)))
})

type Open = (t: TestContext) => SqlDatabase<EventTables> | Promise<SqlDatabase<EventTables>>

function readerSuite(engine: string, open: Open): void {
  /** An event table whose reader counts the queries and the bytes of values that the database answers with. */
  async function watchedTable(t: TestContext) {
    const database = await open(t)
    t.after(() => database.close())
    const logId = await createEventTables(database)
    const seen = { queries: 0, bytes: 0 }
    const watched: SqlDatabase<EventTables> = {
      ...database,
      reader: database.reader.withPlugin({
        transformQuery: ({ node }) => (seen.queries++, node),
        transformResult: ({ result }) => {
          for (const { value } of result.rows)
            seen.bytes += Buffer.byteLength((value as string | null | undefined) ?? '')
          return Promise.resolve(result)
        },
      }),
    }
    const reader = new EventReader(watched, logId)
    const known = new KnownEnds()
    const record = (events: readonly (Partial<EventRecord> & { readonly partition: number })[]) =>
      appendEvents(database, events)
    /** Reads to the end; resolves with the records by partition, and with how much each reading took. */
    const readAll = async () => {
      let heads = beginning
      const found = new Map<string, EventRecord[]>()
      const readings: { records: number; bytes: number; queries: number }[] = []
      for (;;) {
        const before = { ...seen }
        const { batches, isMore } = await reader.read(heads, known)
        const records = batches.flatMap((batch) => batch.records)
        const [bytes, queries] = [seen.bytes - before.bytes, seen.queries - before.queries]
        readings.push({ records: records.length, bytes, queries })
        for (const { topic, partition, records: some } of batches) {
          const key = `${topic}/${partition}`
          found.set(key, [...(found.get(key) ?? []), ...some])
        }
        heads = headsAfter(heads, batches)
        if (!isMore) return { found, readings }
      }
    }
    return { database, logId, record, readAll, read: (heads: HeadsByTopic) => reader.read(heads, known), seen }
  }

  describe(`the relay reads the event table of ${engine}`, () => {
    test('with one query if there is nothing new, and with two if there is, whatever the number of topics', async (t) => {
      const { record, readAll, read, seen } = await watchedTable(t)
      assert.deepEqual(await read(beginning), { batches: [], isMore: false })
      assert.equal(seen.queries, 1)
      const records = await record([{ partition: 1 }, { partition: 1 }, { topic: 'visit-events', partition: 7 }])
      const { found, readings } = await readAll()
      assert.deepEqual(readings, [{ records: 3, bytes: 6, queries: 2 }])
      assert.deepEqual([...found.keys()], ['member-events/1', 'visit-events/7'])
      const logId = found.get('visit-events/7')![0]!.logId
      assert.deepEqual(
        [...found.values()].flat(),
        records.map((one) => ({ ...one, logId })),
      )
    })

    test('at once as far as it was told, while the look for what others recorded stands open', async (t) => {
      const { database, logId, record } = await watchedTable(t)
      await record([{ partition: 1 }, { partition: 1 }, { partition: 2 }])
      const rowsAreRead = Promise.withResolvers<void>()
      const reader = database.reader.withPlugin({
        transformQuery: ({ node }) => node,
        async transformResult({ result }) {
          if (result.rows.some((row) => 'event_id' in row)) rowsAreRead.resolve()
          else await rowsAreRead.promise
          return result
        },
      })
      const known = new KnownEnds()
      known.told(new Map([['member-events', new Map([[1, 2]])]]))
      const held = new EventReader({ ...database, reader }, logId)
      const { batches } = await held.read(beginning, known)
      assert.deepEqual(
        batches.map(({ partition, records }) => [partition, records.length]),
        [[1, 2]],
      )
      const after = await held.read(headsAfter(beginning, batches), known)
      assert.deepEqual(
        after.batches.map(({ partition }) => partition),
        [2],
      )
    })

    for (const [how, bytes, count] of [
      ['60 kB', 60_000, 600],
      ['the largest size', maxValueBytes, 150],
    ] as const)
      test(`never holding more than some megabytes of it, also if events have ${how}`, async (t) => {
        const { record, readAll } = await watchedTable(t)
        const value = (i: number) => (i % 10 === 9 ? 'é'.repeat(bytes / 2) : 'x'.repeat(bytes))
        const all = Array.from({ length: count }, (_, i) => ({
          partition: i % 3,
          value: i % 7 === 0 ? '{}' : value(i),
        }))
        for (let i = 0; i < count; i += 25) await record(all.slice(i, i + 25))
        const { found, readings } = await readAll()
        for (const reading of readings) assert.ok(reading.bytes < 9_000_000, `${reading.bytes} bytes in one reading`)
        for (const [partition, records] of [...found.values()].entries()) {
          assert.deepEqual(
            records.map(({ seq }) => seq),
            range(1, count / 3),
          )
          const expected = all.filter((one) => one.partition === partition)
          assert.ok(records.every((one, i) => one.value === expected[i]!.value))
        }
        // What it has seen once it does not ask for again and again: at most twice what it takes.
        const read = readings.reduce((sum, reading) => sum + reading.bytes, 0)
        assert.ok(read < 2 * count * bytes)
      })

    test('with what was recorded meanwhile in another topic, while the backlog of one is sent', async (t) => {
      const { record, read } = await watchedTable(t)
      await record(Array.from({ length: 4_000 }, () => ({ partition: 0 })))
      const first = await read(beginning)
      assert.equal(first.isMore, true)
      await record([{ topic: 'visit-events', partition: 7 }])
      const heads = headsAfter(beginning, first.batches)
      // It is found by the look beside that reading.
      const second = await read(heads)
      const third = await read(headsAfter(heads, second.batches))
      assert.deepEqual(
        third.batches.map(({ topic }) => topic),
        ['member-events', 'visit-events'],
      )
      assert.equal(third.isMore, true)
    })

    test('in large pieces if events are small', async (t) => {
      const { record, readAll } = await watchedTable(t)
      await record(Array.from({ length: 16_000 }, (_, i) => ({ partition: i % 8 })))
      const { found, readings } = await readAll()
      assert.deepEqual(
        readings.map(({ records }) => records),
        [496, 2_000, 8_000, 5_504],
      )
      for (const records of found.values())
        assert.deepEqual(
          records.map(({ seq }) => seq),
          range(1, 2_000),
        )
    })
  })
}
