import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { RecordedEnds } from '../recorded-ends.ts'
import { EndWatcher } from './end-watcher.ts'

const newsOf = (topic: string): RecordedEnds => new Map([[topic, new Map([[0, 1]])]])

const at = (topic: string) => ({ topic, partition: 0 })
const never = new AbortController().signal

/** A watcher of two topics with one partition each, whose looks are counted. */
function watch(t: TestContext) {
  const ends = new Map([
    ['members', 0],
    ['visits', 0],
  ])
  const looks: (readonly string[] | 'all')[] = []
  let tell = (_news: RecordedEnds | null): void => undefined
  const endsOf = (topics: Iterable<string>) =>
    new Map([...topics].map((topic) => [topic, new Map([[0, ends.get(topic)!]])]))
  const watcher = new EndWatcher({
    readEnds: (topics) => {
      looks.push(topics ?? 'all')
      return Promise.resolve(endsOf(topics ?? ends.keys()))
    },
    onNews: (listener) => {
      tell = listener
      return () => undefined
    },
  })
  watcher.watch(endsOf(ends.keys()))
  t.after(() => watcher.close())
  return {
    watcher,
    looks,
    /** An event is recorded, perhaps with news of it. */
    record: (topic: string, news?: RecordedEnds | null) => {
      ends.set(topic, ends.get(topic)! + 1)
      if (news !== undefined) tell(news)
    },
  }
}

test('after news it looks at once, and at the topics concerned only', async (t) => {
  const { watcher, looks, record } = watch(t)
  record('members')
  assert.equal(await watcher.waitBeyond(at('members'), 0, never), true)
  looks.length = 0
  for (let end = 1; end <= 20; end++) {
    const waiting = watcher.waitBeyond(at('visits'), end - 1, never)
    record('visits', newsOf('visits'))
    assert.equal(await waiting, true)
  }
  // One for each event, unless the poll came between.
  const ofNews = looks.filter((look) => look !== 'all')
  assert.ok(ofNews.length >= 18 && looks.length <= 22, `${looks.length} looks`)
  assert.deepEqual(new Set(ofNews.flat()), new Set(['visits']))
})

test('an event of another process is found in any topic, also while there is always news of one', async (t) => {
  const { watcher, record } = watch(t)
  const found = new Set<string>()
  const finding = watcher.waitBeyond(at('visits'), 0, never).then(() => found.add('visits'))
  record('visits')
  for (let end = 1; found.size === 0; end++) {
    const waiting = watcher.waitBeyond(at('members'), end - 1, never)
    record('members', newsOf('members'))
    await waiting
    await new Promise(setImmediate)
  }
  await finding
})

test('without news one query for all topics finds what is new', async (t) => {
  const { watcher, looks, record } = watch(t)
  const waiting = [watcher.waitBeyond(at('members'), 0, never), watcher.waitBeyond(at('visits'), 0, never)]
  record('members')
  record('visits')
  assert.deepEqual(await Promise.all(waiting), [true, true])
  assert.ok(looks.length <= 2 && looks.every((look) => look === 'all'))
})

test('news that came while nobody waited is not lost', async (t) => {
  const { watcher, record } = watch(t)
  record('members', null)
  assert.equal(await watcher.waitBeyond(at('members'), 0, never), true)
})
