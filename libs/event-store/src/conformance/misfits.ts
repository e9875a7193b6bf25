import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Catalogue } from '@magasin/contracts/catalogue'
import { defineFamily } from '@magasin/contracts/define-family'
import { members, visits } from '@magasin/contracts/testing/members'
import type { Command } from '../commands/command.ts'
import { findFlaw } from '../testing/find-flaw.ts'
import { create } from '../testing/people.ts'
import type { EventStoreCase } from './event-store-case.ts'

const { schema } = visits.specs.MemberVisited
const notes = defineFamily({
  topic: 'note-events',
  owner: 'club',
  // The note is the name of its stream.
  streamOf: ({ note }) => note,
  events: { NoteTaken: { schemaVersion: 1, schema, sample: { member: 1, note: 'note-1' } } },
})
const catalogue = new Catalogue({ families: [members, notes] })

const takeNote = (stream: string): Command<string> => ({
  reads: [],
  decide: () => ({ events: [{ type: 'NoteTaken', data: { member: 1, note: stream } }], answer: stream }),
})

export function misfitTests({ open }: EventStoreCase): void {
  test('in a stream that no reader could take is refused before it is written, and others are not', async (t) => {
    const { database, store } = await open(t)
    const shop = await store({ catalogue })
    for (const stream of ['', 'x'.repeat(201), 'né-1', 'note 1', 'note-1\n']) {
      const [failed, other] = await Promise.allSettled([
        shop.execute(takeNote(stream)),
        shop.execute(takeNote('x'.repeat(200))),
      ])
      assert.equal(other.status, 'fulfilled')
      assert.ok(failed.status === 'rejected')
      assert.equal(failed.reason.code, 'EVENT_INVALID')
      assert.match(failed.reason.message, /NoteTaken: .*streamOf/)
    }
    assert.equal(await findFlaw(database), undefined)
  })

  test('that begins a stream again is refused for good, naming type and stream, and others are not', async (t) => {
    const { database, store } = await open(t)
    const shop = await store({ catalogue, stateTables: [] })
    const begin = (id: number): Command<{ id: number }> => ({ reads: [], decide: joining(id) })
    const begun = { code: 'EVENT_INVALID', message: 'MemberJoined begins the stream member-1, which is there already' }
    const twice: Command<null> = {
      reads: [],
      decide: () => ({ events: [...joining(2)().events, ...joining(2)().events], answer: null }),
    }
    const first = [begin(1), begin(1), twice, begin(3)].map((command) => shop.execute<unknown>(command))
    const results = await Promise.allSettled(first)
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.message)),
      ['done', begun.message, begun.message.replace('-1', '-2'), 'done'],
    )
    await assert.rejects(shop.execute(begin(1)), begun)
    await shop.execute(takeNote('member-4'))
    await assert.rejects(shop.execute(begin(4)), { message: /member-4, which is there already in note-events/ })
    assert.equal(await findFlaw(database), undefined)
  })

  test('of another service is refused, naming both', async (t) => {
    const { store } = await open(t)
    const shop = await store({ owner: 'clubb', stateTables: [] })
    await assert.rejects(shop.execute({ ...create(1), reads: [], decide: joining(1) }), {
      message: "MemberJoined belongs to club, this store is clubb's",
    })
  })
}

const joining = (id: number) => () => ({
  events: [{ type: 'MemberJoined', data: { id, contact: 'a@x.org', name: 'x', level: 1 } }],
  answer: { id },
})
