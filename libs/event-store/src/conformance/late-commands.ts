import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { holdCommits } from '@magasin/sql/testing/hold-commits'
import { findFlaw } from '../testing/find-flaw.ts'
import { create, remove } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

export function lateCommandTests({ open }: EventStoreCase): void {
  const reason = new MagasinError('DEADLINE_EXCEEDED', 'it took too long')

  test('whose callers gave up while the database was held never takes effect, and theirs is the reason', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await shop.execute(create(1_000))
    const held = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const holding = database.transaction(async (tx) => {
      await tx.updateTable('command_counter').set({ last_command: 1 }).execute()
      held.resolve()
      await gate.promise
    })
    await held.promise
    const impatient = new AbortController()
    const { signal } = impatient
    const given = Array.from({ length: 600 }, (_, i) => shop.execute(create(i + 1), { signal }))
    const patient = [shop.execute(create(2_000)), shop.execute(remove(1_000), { signal: new AbortController().signal })]
    const outcomes = Promise.allSettled(given)
    // A turn of the event loop: the first group has begun to wait for the database.
    await new Promise(setImmediate)
    impatient.abort(reason)
    // At the end of the line: told at once, not when the database is free.
    await assert.rejects(given.at(-1)!, reason)
    gate.resolve()
    await holding
    for (const outcome of await outcomes) assert.equal(outcome.status === 'rejected' && outcome.reason, reason)
    await Promise.all(patient)
    const people = await database.reader.selectFrom('people').select('id').execute()
    assert.deepEqual(
      people.map(({ id }) => id),
      [2_000],
    )
    assert.equal(await findFlaw(database), undefined)
  })

  test('that gave up before it was sent is not sent', async (t) => {
    const { database, store } = await open(t)
    const shop = await store()
    await assert.rejects(shop.execute(create(1), { signal: AbortSignal.abort(reason) }), reason)
    await shop.execute(create(2))
    assert.equal((await database.reader.selectFrom('events').selectAll().execute()).length, 1)
  })

  test('that was begun is finished, and its answer kept for its key', async (t) => {
    const { database, store } = await open(t)
    const commits = holdCommits(database)
    const shop = await store({ through: () => commits.database })
    const impatient = new AbortController()
    const once = { caller: 'ada', route: 'POST /people', key: 'k-1', content: 1 }
    const { held, letGo } = commits.hold()
    const executing = shop.execute(create(1), { once, signal: impatient.signal })
    await held
    impatient.abort(reason)
    letGo()
    const first = await executing
    assert.deepEqual([first.answer, first.repeated], [{ id: 1 }, false])
    assert.deepEqual(await shop.execute(create(2), { once }), { ...first, repeated: true })
  })
}
