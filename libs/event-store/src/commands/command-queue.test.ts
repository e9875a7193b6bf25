import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandQueue } from './command-queue.ts'

/** Commits that wait to be let through one by one. */
function gatedCommits() {
  const groups: number[][] = []
  const gates: ((left?: readonly number[]) => void)[] = []
  const started: (() => void)[] = []
  return {
    groups,
    writer: {
      write: async (group: readonly number[]) => {
        groups.push([...group])
        started.shift()?.()
        return new Promise<readonly number[]>((open) => gates.push((left = []) => open(left)))
      },
    },
    nextStart: () => new Promise<void>((resolve) => started.push(resolve)),
    letOneThrough: (left?: readonly number[]) => gates.shift()!(left),
  }
}

test('commands that arrive while a commit is under way share the next one', async () => {
  const { groups, writer, nextStart, letOneThrough } = gatedCommits()
  const line = new CommandQueue<number>(writer, { maxGroup: 3, maxWaiting: 10 })
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
  const { writer, nextStart, letOneThrough } = gatedCommits()
  const line = new CommandQueue<number>(writer, { maxGroup: 1, maxWaiting: 2 })
  const first = nextStart()
  line.add(1)
  await first
  line.add(2)
  line.add(3)
  assert.throws(() => line.add(4), { code: 'OVERLOADED' })
  for (let i = 0; i < 2; i++) {
    const next = nextStart()
    letOneThrough()
    await next
  }
  letOneThrough()
  await line.close()
})

test('commands that a group left come first in the next one, and who gave up is in none', async () => {
  const { groups, writer, nextStart, letOneThrough } = gatedCommits()
  const line = new CommandQueue<number>(writer, { maxGroup: 3, maxWaiting: 10 })
  const first = nextStart()
  for (const item of [1, 2, 3, 4, 5, 6]) line.add(item)
  await first
  assert.deepEqual([line.leave(5), line.leave(1)], [true, false])
  const second = nextStart()
  letOneThrough([2, 3])
  await second
  assert.deepEqual(groups, [
    [1, 2, 3],
    [2, 3, 4],
  ])
  const third = nextStart()
  letOneThrough()
  await third
  assert.deepEqual(groups[2], [6])
  letOneThrough()
  await line.close()
})
