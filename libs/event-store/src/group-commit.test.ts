import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupCommit } from './group-commit.ts'

/** Commits that wait to be let through one by one. */
function gatedCommits() {
  const groups: number[][] = []
  const gates: (() => void)[] = []
  const started: (() => void)[] = []
  return {
    groups,
    commit: async (group: readonly number[]) => {
      groups.push([...group])
      started.shift()?.()
      await new Promise<void>((open) => gates.push(open))
    },
    nextStart: () => new Promise<void>((resolve) => started.push(resolve)),
    letOneThrough: () => gates.shift()!(),
  }
}

test('commands that arrive while a commit is under way share the next one', async () => {
  const { groups, commit, nextStart, letOneThrough } = gatedCommits()
  const line = new GroupCommit<number>({ commit, maxGroup: 3, maxWaiting: 10 })
  const first = nextStart()
  line.add(1)
  await first
  for (const item of [2, 3, 4, 5]) line.add(item)
  assert.deepEqual(groups, [[1]])
  const second = nextStart()
  letOneThrough()
  await second
  const third = nextStart()
  letOneThrough()
  await third
  assert.deepEqual(groups, [[1], [2, 3, 4], [5]])
  letOneThrough()
  await line.close()
})

test('a line that is full turns commands away instead of growing', async () => {
  const { commit, nextStart, letOneThrough } = gatedCommits()
  const line = new GroupCommit<number>({ commit, maxGroup: 1, maxWaiting: 2 })
  const first = nextStart()
  line.add(1)
  await first
  line.add(2)
  line.add(3)
  assert.throws(() => line.add(4), { code: 'OVERLOADED', retryable: true })
  for (let i = 0; i < 2; i++) {
    const next = nextStart()
    letOneThrough()
    await next
  }
  letOneThrough()
  await line.close()
})
