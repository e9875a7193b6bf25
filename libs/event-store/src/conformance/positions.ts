import assert from 'node:assert/strict'
import type { EventPlace } from '@magasin/event-log/event-log'
import { test } from 'node:test'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import type { Command, Executed } from '../commands/command.ts'
import { create, remove, type PeopleTables } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function positionTests({ open }: EventStoreCase): void {
  const once = (key: string) => ({ once: { caller: 'ada', route: 'POST /people', key, content: key } })

  test('are the last of its events in each partition, by topic and partition', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(visit(1, 2, 3))
    const { positions } = await shop.execute(visit(5, 4, 3, 2, 1, 1, 1))
    assert.deepEqual(positions, await positionsOf(database, 2))
    assert.ok(positions.length > 2, 'there are several partitions')
    assert.deepEqual(new Set(positions.map(({ topic }) => topic)), new Set(['member-events', 'visit-events']))
  })

  test('are its own and nobody else’s, however many share its transaction and whatever fails among them', async (t) => {
    const { database, store } = await open(t)
    const shops = [await store(), await store()]
    const faulty: Command<null> = {
      reads: [],
      decide: () => ({ events: [{ type: 'MemberJoint', data: {} }], answer: null }),
    }
    const commands = Array.from({ length: 120 }, (_, i): Command<unknown> => {
      if (i % 5 === 1) return nothing
      if (i % 5 === 2) return faulty
      return i % 5 === 3 ? remove(999_999) : visit(i + 1, i + 1, i + 2)
    })
    const sent = await Promise.allSettled(
      commands.map((command, i) => shops[i % 2]!.execute(command, i % 3 === 0 ? once(`k-${i}`) : {})),
    )
    assert.equal(await countRecorded(sent, database), 48)
  })

  test('are those of the first time when it is repeated: in the same transaction, later, and by another process', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    const sent = await Promise.all(
      [once('k-1'), {}, once('k-1'), once('k-1')].map((context, i) => shop.execute(visit(i + 1, 7, 8), context)),
    )
    const [first] = sent
    assert.deepEqual(first!.positions, await positionsOf(database, 1))
    for (const i of [2, 3]) assert.deepEqual(sent[i], { ...first, repeated: true })
    assert.deepEqual(await (await store()).execute(visit(9), once('k-1')), { ...first, repeated: true })
  })

  test('are none if it recorded nothing, or answers an event that has been dealt with', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    const dealtWith = { cause: { eventId: '01a213a9-61b4-74dd-b4a0-bc519adc1818', claim: async () => false } }
    for (const context of [{}, once('k-1'), once('k-1'), dealtWith])
      assert.deepEqual((await shop.execute(nothing, context)).positions, [])
  })

  test('are none if it was answered by a version that did not keep them, and the store of that version is opened', async (t) => {
    const { database, store } = await open(t)
    const before = await store()
    const first = await before.execute(create(1), once('k-1'))
    await before.close()
    await database.changeSchema(async (db) => {
      await sql`alter table remembered_answers drop column positions`.execute(db)
      await sql`delete from migrations_event_store where name like '0002-%'`.execute(db)
    })
    const after = await store()
    assert.deepEqual(await after.execute(create(1), once('k-1')), { ...first, repeated: true, positions: [] })
    const second = await after.execute(create(2), once('k-2'))
    assert.deepEqual(await after.execute(create(2), once('k-2')), { ...second, repeated: true })
    assert.equal(second.positions.length, 1)
  })
}

const nothing: Command<null> = { reads: [], decide: () => ({ events: [], answer: null }) }

/** Somebody joins, and some members visit. The visits come first and last, so that topics take turns. */
function visit(id: number, ...members: readonly number[]): Command<number> {
  const visits = members.map((member) => ({ type: 'MemberVisited', data: { member, note: '' } }))
  const joined = { type: 'MemberJoined', data: { id, contact: `p${id}@example.com`, name: 'x', level: 1 } }
  return { reads: [], decide: () => ({ events: [...visits, joined, ...visits], answer: id }) }
}

/** As the event table has them: what a command number recorded. */
async function positionsOf(database: SqlDatabase<PeopleTables>, commandNo: number): Promise<readonly EventPlace[]> {
  const rows = await database.reader
    .selectFrom('events')
    .select(['topic', 'partition', (eb) => eb.fn.max('seq').as('seq')])
    .where('command_no', '=', commandNo)
    .groupBy(['topic', 'partition'])
    .orderBy('topic')
    .orderBy('partition')
    .execute()
  return rows.map(({ topic, partition, seq }) => ({ topic, partition, seq: Number(seq) }))
}

/** Compares each command that recorded something with the event table; resolves with how many did. */
async function countRecorded(
  sent: readonly PromiseSettledResult<Executed<unknown>>[],
  database: SqlDatabase<PeopleTables>,
): Promise<number> {
  let count = 0
  for (const result of sent) {
    if (result.status === 'rejected' || result.value.answer === null) continue
    const { answer: id, positions } = result.value
    const event = database.reader
      .selectFrom('events')
      .select('command_no')
      .where('stream', '=', `member-${Number(id)}`)
    const { command_no } = await event.executeTakeFirstOrThrow()
    assert.deepEqual(positions, await positionsOf(database, command_no))
    count++
  }
  return count
}
