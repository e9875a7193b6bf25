import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { EventTables } from '../table/event-table.ts'
import { migrate } from '@magasin/sql/migrate'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { BatchWriter, type PartitionBatch } from '../kafka/writing/batch-writer.ts'
import { noKafka } from '../testing/kafka-topic.ts'
import { EventReader } from './event-reader.ts'
import { KnownEnds } from './known-ends.ts'
import { relayMigrations, type RelayTables } from './marks.ts'
import { News, noNews } from '../news.ts'
import { RelayedTopics } from './relayed-topics.ts'
import { relayedStore } from './testing/relayed-store.ts'
import { Turns } from './turns.ts'

/** A writer that says when it is given something to send. */
class TellingWriter extends BatchWriter {
  onAppend = (): void => undefined

  override append(batches: readonly PartitionBatch[]) {
    this.onAppend()
    return super.append(batches)
  }
}

type Tables = EventTables & RelayTables

/** The same database, which tells when events were read, and when a commit or a settling begins and ends. */
function telling(database: SqlDatabase<Tables>, tell: (step: string) => void): SqlDatabase<Tables> {
  const around = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    tell(`${name} begins`)
    const result = await work()
    tell(`${name} is done`)
    return result
  }
  return {
    ...database,
    reader: database.reader.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: ({ result }) => (tell('events are read'), Promise.resolve(result)),
    }),
    transaction: (body, options) => around('commit', () => database.transaction(body, options)),
    settle: () => around('settling', () => database.settle()),
  }
}

/** Turns of the relay that are taken until the test ends, with everything they do told in order. */
async function turnsWith(
  t: TestContext,
  wrap: (database: SqlDatabase<Tables>) => SqlDatabase<Tables> = (same) => same,
) {
  const store = await relayedStore(t)
  const { cluster, logId } = store
  const plain = narrowDatabase<Tables, Tables>(store.database as unknown as SqlDatabase<Tables>)
  await migrate(plain, relayMigrations)
  const steps: string[] = []
  const writer = new TellingWriter(cluster, { logId })
  writer.onAppend = () => steps.push('records are sent')
  const news = new News(noNews)
  const known = new KnownEnds()
  const stopping = new AbortController()
  let sent = 0
  let check = (): void => undefined
  const start = async () => {
    const topics = new RelayedTopics({
      database: narrowDatabase(plain),
      cluster,
      logId,
      topics: ['member-events'],
      onReady: () => undefined,
      onRead: () => undefined,
      onFault: () => undefined,
      onRecovery: () => undefined,
    })
    topics.openMissing()
    await topics.firstLook
    const database = telling(wrap(plain), (step) => steps.push(step))
    const reader = new EventReader(narrowDatabase(database), logId)
    const onSent = (_: string, count: number) => ((sent += count), check())
    const running = new Turns({ database, cluster, reader, writer, topics, news, known, onSent }).run(stopping.signal)
    store.closeFirst(async () => {
      stopping.abort()
      await running
      topics.pause()
      await topics.ended()
      await writer.close()
    })
  }
  const untilSent = (count: number) =>
    new Promise<void>((resolve) => {
      check = () => sent >= count && resolve()
      check()
    })
  return { ...store, start, steps, untilSent, known }
}

/** Whether between the reading of what was sent and the sending something was committed or settled, from beginning to end. */
function isDurableBeforeSent(steps: readonly string[]): boolean {
  return steps.every((step, i) => {
    if (step !== 'records are sent') return true
    const between = steps.slice(steps.lastIndexOf('events are read', i) + 1, i)
    const begun = between.findIndex((one) => one.endsWith('begins'))
    return begun >= 0 && between.slice(begun).some((one) => one.endsWith('is done'))
  })
}

describe('what the relay does, in order:', { skip: noKafka }, () => {
  test('it reads, commits something of its own, and only then sends, batch after batch', async (t) => {
    const { record, start, steps, untilSent } = await turnsWith(t)
    await record(0, 3_500)
    await start()
    await untilSent(3_500)
    while (steps.lastIndexOf('commit is done') < steps.lastIndexOf('records are sent')) await new Promise(setImmediate)
    await record(1, 2)
    await untilSent(3_502)
    assert.ok(isDurableBeforeSent(steps), steps.join(', '))
    assert.equal(steps.filter((step) => step === 'records are sent').length, 5)
    assert.ok(steps.includes('settling is done'), 'where there are no marks to write, it settles')
  })

  test('what a commit of this process recorded is on disk: it is sent at once, and marked some time later', async (t) => {
    const { record, start, steps, untilSent, known } = await turnsWith(t)
    await record(0, 1)
    await start()
    await untilSent(1)
    while (steps.at(-1) !== 'commit is done') await new Promise(setImmediate)
    const from = steps.length
    known.told(new Map([['member-events', new Map([[0, 4]])]]))
    await record(0, 3)
    await untilSent(4)
    const sent = steps.indexOf('records are sent', from)
    assert.deepEqual(new Set(steps.slice(from, sent)), new Set(['events are read']))
    while (!steps.includes('commit is done', sent)) await new Promise(setImmediate)
  })

  test('what another process recorded beside it is not: all of that turn waits for a commit', async (t) => {
    const { record, start, steps, untilSent, known } = await turnsWith(t)
    known.told(new Map([['member-events', new Map([[0, 3]])]]))
    await record(0, 3)
    await record(1, 1)
    await start()
    await untilSent(4)
    const read = steps.lastIndexOf('events are read', steps.lastIndexOf('records are sent'))
    assert.ok(steps.slice(read, steps.lastIndexOf('records are sent')).some((step) => step.endsWith('is done')))
  })

  test('as long as what makes it durable stands open, nothing is sent', async (t) => {
    let opened = Promise.withResolvers<void>()
    let gate = Promise.withResolvers<void>()
    const hold = () => (opened.resolve(), gate.promise)
    const holding = (database: SqlDatabase<Tables>): SqlDatabase<Tables> => ({
      ...database,
      transaction: (body, options) =>
        database.transaction(async (tx) => {
          const result = await body(tx)
          await hold()
          return result
        }, options),
      settle: () => database.settle().then(hold),
    })
    const { cluster, record, start, steps, untilSent } = await turnsWith(t, holding)
    await record(0, 1)
    await start()
    // The first time there is nothing to mark yet.
    for (const [sent, step] of [
      [0, 'settling'],
      [1, 'commit'],
    ] as const) {
      await opened.promise
      // The broker answers this after whatever was sent before.
      assert.equal((await cluster.offsetsOf('member-events'))[0]!.end, sent)
      assert.equal(steps.at(-1), `${step} begins`)
      const passing = gate
      const from = steps.length
      opened = Promise.withResolvers()
      gate = Promise.withResolvers()
      passing.resolve()
      await untilSent(sent + 1)
      assert.deepEqual(steps.slice(from, from + 2), [`${step} is done`, 'records are sent'])
      if (sent === 0) await record(0, 1)
    }
    gate.resolve()
  })

  test('the check of that order finds a sending that came too early', () => {
    const right = ['events are read', 'commit begins', 'commit is done', 'records are sent']
    assert.equal(isDurableBeforeSent([...right, ...right]), true)
    assert.equal(isDurableBeforeSent(['commit begins', 'events are read', 'commit is done', 'records are sent']), false)
    assert.equal(isDurableBeforeSent([...right, 'events are read', 'records are sent']), false)
    assert.equal(isDurableBeforeSent(['events are read', 'commit begins', 'records are sent', 'commit is done']), false)
  })
})
