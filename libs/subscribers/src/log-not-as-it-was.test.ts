import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import type { EventLog } from '@magasin/event-log/event-log'
import type { EventTables } from '@magasin/event-log/event-table'
import { appendEvents } from '@magasin/event-log/testing/event-tables'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { inTransaction } from './handlers/in-transaction.ts'
import { engines, greet, subscribe } from './testing/greeter.ts'

const greeting = { MemberJoined: inTransaction(greet) }

for (const { engine, skip, setUp } of engines)
  describe(`a subscriber on ${engine}, whose log is not what it was,`, { skip }, () => {
    test('with positions in another log is refused at start', async (t) => {
      const [here, there] = [await setUp(t), await setUp(t)]
      const { subscriber, told, until } = await subscribe(t, here, greeting)
      await here.record(1)
      await until(() => told.passed === 1)
      await subscriber.stop()
      await assert.rejects(subscribe(t, { log: there.log, database: here.database }, greeting), {
        code: 'LOG_FOREIGN',
        message: /greeter/,
      })
    })

    test('to whom a partition has a gap says so, and goes on with the others; when it is mended, with that one too', async (t) => {
      const on = await setUp(t)
      const [first] = await on.record(1, 1, 2)
      const ofFirst = { topic: first!.topic, partition: 1, seq: 1 }
      const [row] = await on.store.transaction(async (tx) => {
        const rows = await tx.selectFrom('events').selectAll().where('event_id', '=', first!.eventId).execute()
        await tx.deleteFrom('events').where('event_id', '=', first!.eventId).execute()
        return rows
      })
      const { subscriber, told, until } = await subscribe(t, on, greeting)
      await until(() => told.passed === 1 && told.alarms.length === 1)
      assert.deepEqual(told.alarms, ['LOG_GAP member-events/1'])
      const failing = { group: 'greeter', topic: ofFirst.topic, partition: 1, stream: null, code: 'LOG_GAP' }
      assert.deepEqual(subscriber.failing(), [failing])
      await on.store.transaction((tx) => tx.insertInto('events').values(row!).execute())
      await until(() => told.passed === 3)
      assert.deepEqual(subscriber.failing(), [])
    })

    test('whose store was put back and has grown past it again is refused at start', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1)
      const { subscriber, told, until } = await subscribe(t, on, greeting)
      await until(() => told.passed === 2)
      await subscriber.stop()
      await putBack(on)
      await assert.rejects(subscribe(t, on, greeting), { code: 'LOG_DIVERGED', message: /greeter/ })
    })

    test('whose store is put back while it runs says it of that partition, and goes on with the others', async (t) => {
      const on = await setUp(t)
      await on.record(1, 1)
      let isCut = false
      const cut: EventLog = {
        ...on.log,
        subscribe: (request) =>
          on.log.subscribe({
            ...request,
            deliver: (records, signal) =>
              isCut && records[0]!.partition === 1
                ? Promise.reject(new Error('the line was cut'))
                : request.deliver(records, signal),
          }),
      }
      const { subscriber, told, until } = await subscribe(t, { ...on, log: cut }, greeting)
      await until(() => told.passed === 2)
      isCut = true
      await putBack(on)
      await on.record(2)
      await until(() => told.passed === 3 && told.alarms.length === 1)
      assert.deepEqual(told.alarms, ['LOG_DIVERGED member-events/1'])
      assert.deepEqual(
        subscriber.failing().map(({ partition, code }) => [partition, code]),
        [[1, 'LOG_DIVERGED']],
      )
      assert.deepEqual(await on.greetings(), ['member-1 v1', 'member-1 v2', 'member-2 v1'])
    })
  })

/** Puts partition 1 of the store back to its beginning, and records three other events there. */
async function putBack({ store, logId }: { store: SqlDatabase<EventTables>; logId: string }): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.deleteFrom('events').where('partition', '=', 1).execute()
    await tx.updateTable('partition_counters').set({ last_seq: 0 }).where('partition', '=', 1).execute()
  })
  const others = [1, 2, 3].map((version) => ({
    logId,
    partition: 1,
    stream: 'member-1',
    streamVersion: version,
    eventId: `other-${version}`,
    value: club.encode({ type: 'MemberJoined', data: { id: 1, name: 'A', contact: 'a@b.c', level: 1 } }, ''),
  }))
  await appendEvents(store, others)
}
