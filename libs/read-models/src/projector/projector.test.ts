import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { EventLog } from '@magasin/event-log/event-log'
import type { EventTables } from '@magasin/event-log/event-table'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { appendEvents, createEventTables } from '@magasin/event-log/testing/event-tables'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { createClient } from '@redis/client'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { until as eventually } from '../../../../tools/testing/until.ts'
import { defineReadModels } from '../define-read-models.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { openRedisReadModels } from '../redis/redis-read-models.ts'
import { openReadModelsFile } from '../testing/read-models-file.ts'
import { redisIsMissing, redisUrl } from '../testing/redis-server.ts'
import { startProjector, type BuildReason } from './projector.ts'

const counting = (version: number) =>
  defineReadModels<{ type: 'MemberJoined'; data: object }>({
    name: 'joins',
    version,
    rankings: ['joined'],
    on: { MemberJoined: () => [{ ranking: 'joined', member: 1, add: version }] },
  })

async function open(t: TestContext) {
  const folder = temporaryFolder(t)
  const openTable = async (name: string) => {
    const database = openSqlite<EventTables>({ file: join(folder, name) })
    await createEventTables(database)
    const log = await openTableLog({ database })
    t.after(async () => {
      await log.close()
      await database.close()
    })
    return {
      log,
      record: (count: number) =>
        appendEvents(
          database,
          Array.from({ length: count }, (_, i) => ({ partition: i % 2 })),
        ),
    }
  }
  const file = join(folder, 'read-models.db')
  const store = await openReadModelsFile(counting(1), file)
  t.after(() => store.close())
  const reasons: BuildReason[] = []
  const faults: unknown[] = []
  const project = (log: EventLog, { store: through = store, version = 1 } = {}) => {
    const projector = startProjector({
      log,
      store: through,
      models: counting(version),
      topics: ['member-events'],
      decode: () => ({ type: 'MemberJoined', data: {} }),
      listener: {
        onBuildBegun: (_, why) => reasons.push(why),
        onBuilt: () => {},
        onFault: (fault) => faults.push(fault),
        onRecovery: () => {},
      },
    })
    t.after(() => projector.stop())
    return projector
  }
  return { file, openTable, store, project, reasons, faults }
}

const joined = async (store: ReadModelStore) => (await store.top('joined', 1).catch(() => []))[0]?.score ?? 0

const until = (isTrue: () => Promise<boolean>) =>
  eventually('it comes to that', isTrue, { deadlineMs: 20_000, everyMs: 5 })

describe('a projector', () => {
  test('builds what there is not, and follows the log from then on', async (t) => {
    const { openTable, store, project, reasons } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(250)
    project(log)
    await until(async () => (await joined(store)) === 250)
    await record(3)
    await until(async () => (await joined(store)) === 253)
    assert.deepEqual(reasons, ['there are none'])
    assert.equal((await store.status()).current?.events, 253)
  })

  test('goes on where the one before it stopped', async (t) => {
    const { openTable, store, project, reasons } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(5)
    const first = project(log)
    await until(async () => (await joined(store)) === 5)
    await first.stop()
    await record(5)
    project(log)
    await until(async () => (await joined(store)) === 10)
    assert.deepEqual(reasons, ['there are none'])
  })

  test('builds anew what is defined anew', async (t) => {
    const { openTable, store, project, reasons } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(5)
    const first = project(log)
    await until(async () => (await joined(store)) === 5)
    await first.stop()
    project(log, { version: 2 })
    await until(async () => (await joined(store)) === 10)
    assert.deepEqual(reasons, ['there are none', 'they are defined anew'])
  })

  test('builds anew what was built from another log', async (t) => {
    const { openTable, store, project, reasons } = await open(t)
    const one = await openTable('a.db')
    const other = await openTable('b.db')
    await one.record(5)
    await other.record(7)
    const first = project(one.log)
    await until(async () => (await joined(store)) === 5)
    await first.stop()
    project(other.log)
    await until(async () => (await joined(store)) === 7)
    assert.deepEqual(reasons, ['there are none', 'the log is another'])
  })

  test('keeps readers on the old generation, and that at the end of the log, until the new one has seen as much', async (t) => {
    const { openTable, store, project } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(5)
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<number>()
    let builds = 0
    const slow: ReadModelStore = {
      ...store,
      async begin(fingerprint) {
        const writer = await store.begin(fingerprint)
        if (++builds === 1) return writer
        begun.resolve(writer.generation)
        return { ...writer, apply: (batch) => held.promise.then(() => writer.apply(batch)) }
      },
    }
    project(log, { store: slow })
    await until(async () => (await joined(store)) === 5)
    await store.requestRebuild()
    const shadow = await begun.promise
    await record(4)
    await until(async () => (await joined(store)) === 9)
    assert.notEqual((await store.status()).current?.generation, shadow)
    held.resolve()
    await until(async () => (await store.status()).current?.generation === shadow)
    assert.equal(await joined(store), 9)
    assert.deepEqual((await store.status()).rebuilds, { requested: 1, answered: 1 })
  })

  test('leaves the log to another one until that lets go', async (t) => {
    const { openTable, store, project } = await open(t)
    const { log, record } = await openTable('a.db')
    const first = project(log)
    await until(async () => (await store.status()).current !== null)
    const holder = (await store.status()).projector
    project(log)
    await record(5)
    await until(async () => (await joined(store)) === 5)
    assert.equal((await store.status()).projector, holder)
    await first.stop()
    await record(5)
    await until(async () => (await joined(store)) === 10)
    assert.notEqual((await store.status()).projector, holder)
  })

  test('swaps only when the new generation has seen all that readers saw in the old one', async (t) => {
    const { openTable, store, project } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(5)
    const swapped: number[] = []
    let begun = 0
    const watched: ReadModelStore = {
      ...store,
      async begin(fingerprint) {
        begun++
        return store.begin(fingerprint)
      },
      // Asked when the old generation has stopped: as if it had seen one event more.
      async positions() {
        await record(1)
        const positions = await store.positions()
        return positions.map((position) =>
          position.partition === 0 ? { ...position, seq: position.seq + 1 } : position,
        )
      },
      async swap(generation) {
        swapped.push((await store.status()).shadow?.events ?? 0)
        await store.swap(generation)
      },
    }
    project(log, { store: watched })
    await until(async () => (await joined(store)) === 5)
    await store.requestRebuild()
    await until(() => Promise.resolve(swapped.length === 2))
    assert.equal(begun, 2)
    assert.deepEqual(swapped, [5, 6])
  })

  test('reads again what a store lacks that was put back to an earlier copy, though nothing new is recorded', async (t) => {
    const { file, openTable, store, project, reasons } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(6)
    project(log)
    await until(async () => (await joined(store)) === 6)
    const other = openSqlite<unknown>({ file })
    t.after(() => other.close())
    await other.transaction(async (tx) => {
      await sql`delete from positions where partition = 1`.execute(tx)
      await sql`update scores set score = 3`.execute(tx)
    })
    await until(async () => (await joined(store)) === 6)
    assert.deepEqual(reasons, ['there are none'])
  })

  test('builds anew what stands at a position that it did not write', { skip: redisIsMissing }, async (t) => {
    const { openTable, project, reasons } = await open(t)
    const { log, record } = await openTable('a.db')
    const prefix = randomUUID()
    const store = await openRedisReadModels(counting(1), { url: redisUrl, prefix })
    t.after(() => store.close())
    await record(6)
    project(log, { store })
    await until(async () => (await joined(store)) === 6)
    const client = await createClient({ url: redisUrl }).connect()
    t.after(() => client.destroy())
    const current = async () => (await store.status()).current!.generation
    const first = await current()
    await client.hSet(`{${prefix}:joins}:${first}:positions`, 'member-events/1', 'no position')
    await until(async () => (await current()) !== first)
    assert.equal(await joined(store), 6)
    // A batch that Redis fails half-way.
    const second = await current()
    await client.set(`{${prefix}:joins}:${second}:score:joined`, 'no ranking')
    await record(2)
    await until(async () => (await current()) !== second)
    assert.equal(await joined(store), 8)
    assert.deepEqual(reasons, ['there are none', 'the log is another', 'the log is another'])
  })

  test('that lost an answer of the swap goes on with what is current', async (t) => {
    const { openTable, store, project, faults } = await open(t)
    const { log, record } = await openTable('a.db')
    await record(5)
    let swaps = 0
    const deaf: ReadModelStore = {
      ...store,
      async swap(generation) {
        await store.swap(generation)
        if (++swaps === 1) throw new Error('the answer was lost')
      },
    }
    project(log, { store: deaf })
    await until(async () => (await joined(store)) === 5)
    await record(5)
    await until(async () => (await joined(store)) === 10)
    assert.equal(swaps, 1)
    assert.equal(faults.length, 1)
  })
})
