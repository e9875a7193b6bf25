import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdCommits } from '@magasin/sql/testing/hold-commits'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import fc from 'fast-check'
import type { Command } from '../commands/command.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, join, people, remove, type PeopleTables, type PersonRow } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function numberTests({ open }: EventStoreCase): void {
  test('have no hole and no repeat, however many write at once', async (t) => {
    const { database, store } = await open(t)
    const shops = [await store(), await store()]
    await Promise.all(Array.from({ length: 300 }, (_, i) => shops[i % 2]!.execute(create(i + 1))))
    await Promise.all(Array.from({ length: 100 }, (_, i) => shops[i % 2]!.execute(remove(i * 3 + 1))))
    assert.equal(await findFlaw(database), undefined)
    const commits = await database.reader.selectFrom('events').select('command_no').orderBy('command_no').execute()
    assert.deepEqual(
      commits.map(({ command_no }) => command_no),
      Array.from({ length: 400 }, (_, i) => i + 1),
    )
  })

  test('of a transaction that is still open are seen by nobody, and the next writer waits for them', async (t) => {
    const { database, store } = await open(t)
    const holding = holdCommits(database)
    const first = await store({ through: () => holding.database })
    const second = await store()
    const { held, letGo } = holding.hold()
    const slow = first.execute(create(1))
    await held
    let secondIsDone = false
    // The same stream's partition and another writer: were it not held back, its seq would be 2 and there would be no 1.
    const fast = second.execute(remove(1)).finally(() => (secondIsDone = true))
    const looks = await Promise.all(Array.from({ length: 10 }, () => look(database)))
    assert.ok(looks.every((seen) => seen.events === 0 && seen.people === 0))
    assert.equal(secondIsDone, false)
    letGo()
    await Promise.all([slow, fast])
    assert.equal(await findFlaw(database), undefined)
    assert.deepEqual(await look(database), { events: 2, people: 0 })
  })

  test('taken before the transaction that uses them would show a gap, and the check of these tests would catch it', async (t) => {
    const { database, store } = await open(t)
    await store()
    const first = await takeSeqEarly(database, 1)
    const second = await takeSeqEarly(database, 2)
    await second.insert()
    assert.match((await findFlaw(database)) ?? '', /member-events\/0 shows seq 2 where 1 is next/)
    await first.insert()
    assert.equal(await findFlaw(database), undefined)
  })

  test('go on where they stopped when the store is opened again', async (t) => {
    const { database, store } = await open(t)
    const before = await store()
    await before.execute(create(1))
    await before.close()
    const after = await store()
    await after.execute(remove(1))
    assert.equal(after.logId, before.logId)
    assert.equal(await findFlaw(database), undefined)
    const [, removed] = await after.readStream('member-1')
    assert.deepEqual([removed!.seq, removed!.commandNo, removed!.streamVersion], [2, 2, 2])
    assert.deepEqual(await after.readStream('member-1', 1), [removed])
  })

  test('of new entities are never given twice, by any number of processes', async (t) => {
    const { store } = await open(t)
    const shops = [await store(), await store()]
    const joined = await Promise.all(
      Array.from({ length: 500 }, (_, i) => shops[i % 2]!.execute(join(`p${i}@example.com`))),
    )
    const ids = joined.map(({ answer }) => answer.id)
    assert.equal(new Set(ids).size, 500)
    assert.ok(ids.every((id) => Number.isSafeInteger(id) && id > 0))
  })

  test('of new entities are not used up by what is refused under its key or was done before', async (t) => {
    const { store } = await open(t)
    const shop = await store()
    const once = { caller: 'ada', route: 'POST /people', key: 'k-1', content: 1 }
    const first = (await shop.execute(join('ada@example.com'), { once })).answer.id
    for (let i = 0; i < 5; i++) await shop.execute(join('ada@example.com'), { once })
    assert.equal((await shop.execute(join('alan@example.com'))).answer.id, first + 1)
  })

  test('within a command follow the order of its events, in whatever topics they are', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    const joinAndVisit = (id: number): Command<null> => ({
      reads: [],
      decide: () => ({
        events: [
          { type: 'MemberVisited', data: { member: id, note: 'looked around' } },
          { type: 'MemberJoined', data: { id, contact: `p${id}@example.com`, name: 'x', level: 1 } },
          { type: 'MemberVisited', data: { member: id, note: 'played' } },
        ],
        answer: null,
      }),
    })
    await Promise.all([3, 1, 2].map((id) => shop.execute(joinAndVisit(id))))
    const query = database.reader.selectFrom('events').select(['type', 'stream', 'topic', 'seq'])
    const history = await query.orderBy('command_no').orderBy('command_index').execute()
    assert.deepEqual(
      history.map(({ type, stream }) => `${type} ${stream}`),
      [3, 1, 2].flatMap((id) => [
        `MemberVisited visits-${id}`,
        `MemberJoined member-${id}`,
        `MemberVisited visits-${id}`,
      ]),
    )
    assert.equal(await findFlaw(database), undefined)
  })

  test('order the history so that the same projections make the same state from it', async (t) => {
    const commands = fc.array(
      fc.record({
        kind: fc.constantFrom('create', 'remove'),
        id: fc.integer({ min: 1, max: 5 }),
        contact: fc.constantFrom('a', 'b', 'c'),
      }),
      { minLength: 1, maxLength: 30 },
    )
    const check = async (wanted: readonly { kind: string; id: number; contact: string }[]) => {
      const { database, store } = await open(t)
      const shop = await store()
      // An id is used once: what `newId` promises.
      const sent = wanted.map(({ kind, id, contact }, i) =>
        shop.execute<unknown>(
          kind === 'create' ? create(100 * id + i, `${contact}@example.com`) : remove(100 * id + i - 1),
        ),
      )
      await Promise.allSettled(sent)
      assert.deepEqual(await replay(database), await present(database))
      assert.equal(await findFlaw(database), undefined)
    }
    await fc.assert(fc.asyncProperty(commands, check), { numRuns: 25 })
  })
}

async function look(database: SqlDatabase<PeopleTables>) {
  const events = await database.reader.selectFrom('events').select('event_id').execute()
  const rows = await database.reader.selectFrom('people').select('id').execute()
  return { events: events.length, people: rows.length }
}

/** A writer with the fault that the event store must not have: it takes a number and commits that, and uses it later. */
async function takeSeqEarly(database: SqlDatabase<PeopleTables>, n: number) {
  const place = { topic: 'member-events', partition: 0 }
  const seq = await database.transaction(async (tx) => {
    const moved = tx.updateTable('partition_counters').set((eb) => ({ last_seq: eb('last_seq', '+', 1) }))
    await moved.where('topic', '=', place.topic).where('partition', '=', 0).execute()
    const counter = tx
      .selectFrom('partition_counters')
      .select('last_seq')
      .where('topic', '=', place.topic)
      .where('partition', '=', 0)
    return (await counter.executeTakeFirstOrThrow()).last_seq
  })
  const row = {
    ...place,
    seq,
    command_no: seq,
    command_index: 0,
    event_id: `e-${n}`,
    type: 'MemberJoined',
    stream: `member-${n}`,
    stream_version: 1,
    schema_version: 2,
    time: '',
    caused_by: null,
    traceparent: null,
    value: '{}',
  }
  return { insert: () => database.transaction((tx) => tx.insertInto('events').values(row).execute()) }
}

async function present(database: SqlDatabase<PeopleTables>) {
  const rows = await database.reader.selectFrom('people').selectAll().orderBy('id').execute()
  return rows.map((row) => ({ ...row }))
}

/** The state that the history alone makes. */
async function replay(database: SqlDatabase<PeopleTables>): Promise<PersonRow[]> {
  const rows = new Map<number, PersonRow>()
  const events = await database.reader.selectFrom('events').selectAll().orderBy('command_no').execute()
  for (const { type, value } of events) {
    const data = JSON.parse(value)
    const project = people.projections[type as 'MemberJoined']!
    for (const change of project(data, { time: '', find: ({ id }) => rows.get(id!) }))
      if ('put' in change) rows.set(change.put.id, change.put)
      else rows.delete(change.remove.id!)
  }
  return [...rows.values()].toSorted((a, b) => a.id - b.id)
}
