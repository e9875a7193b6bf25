import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { History } from '../open-history.ts'
import { openHistory } from '../open-history.ts'
import type { EventLogCase } from './event-log-case.ts'
import { range } from './read.ts'

async function all(history: Pick<History, 'pages'>): Promise<EventRecord[]> {
  const records: EventRecord[] = []
  for await (const page of history.pages()) records.push(...page)
  return records
}

export function historyTests({ open, knowsItsEnd }: EventLogCase): void {
  test('holds every event in the order in which it happened, the same each time', async (t) => {
    const { log, append } = await open(t)
    for (let i = 0; i < 40; i++) await append((i * 5) % 8, 1 + (i % 100))
    const history = await openHistory(log, ['member-events'])
    const records = await all(history)
    assert.equal(records.length, history.total)
    assert.deepEqual(
      records.map(({ commandNo }) => commandNo),
      range(1, history.total),
    )
    assert.deepEqual(await all(await openHistory(log, ['member-events'])), records)
  })

  test('ends where it ended when it was opened', async (t) => {
    const { log, append } = await open(t)
    await append(0, 3)
    const history = await openHistory(log, ['member-events'])
    await append(0, 1)
    await append(1, 1)
    assert.deepEqual(
      (await all(history)).map(({ commandNo }) => commandNo),
      [1, 2, 3],
    )
  })

  test('with a missing event is refused, naming the event, wherever it is missing', async (t) => {
    for (const seq of [1, 500, knowsItsEnd ? 1_200 : 1_199]) {
      const { log, append, lose } = await open(t)
      await append(6, 1_200)
      await append(7, 1)
      await lose(6, seq)
      await assert.rejects(openHistory(log, ['member-events']).then(all), {
        code: 'LOG_GAP',
        facts: { topic: 'member-events', partition: 6, seq },
      })
    }
  })

  test('of two topics has the events of each command in their order, across topics and partitions', async (t) => {
    const { log, append, appendTogether } = await open(t)
    const place = (topic: string, partition: number) => ({ topic: `${topic}-events`, partition })
    const commands = [
      [place('visit', 7), place('member', 0), place('visit', 0), place('member', 5)],
      [place('member', 5), place('visit', 7)],
      [place('visit', 0), place('visit', 7), place('member', 0)],
    ]
    await append(3, 2)
    for (const places of commands) await appendTogether(places)
    const { total, pages } = await openHistory(log, ['member-events', 'visit-events'])
    const told = (await all({ pages })).map(({ commandNo, topic, partition }) => [commandNo, topic, partition])
    assert.equal(total, 11)
    assert.deepEqual(told, [
      [1, 'member-events', 3],
      [2, 'member-events', 3],
      ...commands.flatMap((places, i) => places.map(({ topic, partition }) => [3 + i, topic, partition])),
    ])
  })

  test('of a store in which nothing happened is empty', async (t) => {
    const { log } = await open(t)
    const history = await openHistory(log, ['member-events'])
    assert.equal(history.total, 0)
    assert.deepEqual(await all(history), [])
  })
}
