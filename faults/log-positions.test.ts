import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { createFollower, upTo, value } from './testing/log-follower.ts'

/** A store with ten events in partition 4, handled by a subscriber that is stopped since, and two more. */
async function stoppedFollower(t: TestContext) {
  const store = await relayedStore(t)
  await store.record(4, 10, { value })
  await store.relay()
  const follower = await createFollower(t, store)
  await follower.start()
  await follower.untilHandled(4, 10)
  await follower.stop()
  await store.record(4, 2, { value })
  await store.until(() => store.told.sent === 12)
  const { cluster } = store
  const name = cluster.nameOf('member-events')
  const { group } = follower
  return {
    ...store,
    follower,
    commit: (offset: number) =>
      cluster.ask('a wrong offset', (admin) =>
        admin.alterConsumerGroupOffsets({
          groupId: group,
          topics: [{ name, partitionOffsets: [{ partition: 4, offset: BigInt(offset) }] }],
        }),
      ),
    forget: () =>
      cluster.ask('no offset', (admin) =>
        admin.deleteConsumerGroupOffsets({ groupId: group, topics: [{ name, partitionIndexes: [4] }] }),
      ),
    deleteGroup: () => cluster.ask('no group', (admin) => admin.deleteGroups({ groups: [group] })),
  }
}

describe('the offset that a group has committed', { skip: noKafka, concurrency: 4 }, () => {
  type Store = Awaited<ReturnType<typeof stoppedFollower>>
  const wrongs: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
    ['lost', ({ forget }) => forget()],
    ['lost with the whole group', ({ deleteGroup }) => deleteGroup()],
    ['too low', ({ commit }) => commit(1)],
    ['too high', ({ commit }) => commit(11)],
    ['at the end', ({ commit }) => commit(12)],
    ['beyond the end', ({ commit }) => commit(1_000)],
  ]
  for (const [how, damage] of wrongs)
    test(`${how} costs a look from the beginning: nothing is missed, nothing is done twice`, async (t) => {
      const store = await stoppedFollower(t)
      const { follower, record } = store
      await damage(store)
      await follower.start()
      await follower.untilHandled(4, 12)
      await record(4, 1, { value })
      await follower.untilHandled(4, 13)
      assert.deepEqual(follower.handled.get(4), upTo(13))
      assert.deepEqual(await follower.effects(4), upTo(13))
      assert.deepEqual(follower.alarms, [])
    })

  test('follows the position, also when nothing comes any more', async (t) => {
    const { follower, record, log } = await stoppedFollower(t)
    await follower.start()
    for (let i = 1; i <= 5; i++) {
      await record(4, 1, { value })
      await follower.untilHandled(4, 12 + i)
    }
    const position = async () => {
      const { groups } = await log.describe('member-events')
      return groups.find((one) => one.group === follower.group)?.partitions[4]?.seq
    }
    while ((await position()) !== 17);
  })
})
