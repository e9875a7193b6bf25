import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { migrate } from '@magasin/sql/migrate'
import { subscriberMigrations } from './migrations.ts'
import { beginPosition, movePosition, readPositions } from './positions.ts'
import { engines } from './testing/greeter.ts'

const at = { group: 'greeter', topic: 'member-events', partition: 3 }
const event = (seq: number) => ({ seq, eventId: `e-${seq}` })

for (const { engine, skip, setUp } of engines)
  describe(`a position on ${engine}`, { skip }, () => {
    test('is nowhere before the first event, then before it, once, whoever begins', async (t) => {
      const { own } = await setUp(t)
      await migrate(own, subscriberMigrations)
      assert.equal((await readPositions(own, at)).get(3), undefined)
      await Promise.all(Array.from({ length: 5 }, () => beginPosition(own, at, 'log-1')))
      assert.deepEqual((await readPositions(own, at)).get(3), { logId: 'log-1', seq: 0, eventId: null })
      await own.transaction((tx) => movePosition(tx, at, { from: 0, to: event(4) }))
      await beginPosition(own, at, 'log-1')
      assert.deepEqual((await readPositions(own, at)).get(3), { logId: 'log-1', seq: 4, eventId: 'e-4' })
    })

    test('cannot begin in another log than those of the other partitions', async (t) => {
      const { own } = await setUp(t)
      await migrate(own, subscriberMigrations)
      await beginPosition(own, at, 'log-1')
      await assert.rejects(beginPosition(own, { ...at, partition: 4 }, 'log-2'), {
        code: 'LOG_FOREIGN',
        message: /greeter has positions in the log log-1, and member-events partition 4 holds events of the log log-2/,
      })
      assert.equal((await readPositions(own, at)).get(4), undefined)
    })

    test('moves from where it is and from nowhere else', async (t) => {
      const { own } = await setUp(t)
      await migrate(own, subscriberMigrations)
      await beginPosition(own, at, 'log-1')
      await own.transaction((tx) => movePosition(tx, at, { from: 0, to: event(2) }))
      for (const from of [0, 1, 3])
        await assert.rejects(
          own.transaction((tx) => movePosition(tx, at, { from, to: event(9) })),
          { code: 'POSITION_MOVED' },
        )
      assert.deepEqual((await readPositions(own, at)).get(3), { logId: 'log-1', seq: 2, eventId: 'e-2' })
    })
  })
