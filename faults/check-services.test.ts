import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkServices, type CoolrielPosition, type ServicesEvidence } from './testing/on-engines/check-services.ts'
import type { TopicRecord } from './testing/on-engines/check-topic.ts'
import { at, remove, soundShop, type Spoilable } from './testing/sound-shop.ts'

/** Evidence that a test may spoil. */
interface SpoilableServices extends Spoilable {
  exports: { table: string; log: string }
  topic: TopicRecord[]
  positions: CoolrielPosition[]
  parked: { partition: number; seq: number }[]
}

/** Services that hold what a sound shop does. The topic has repeats: the first two records of each partition were sent again, late. */
function soundServices(): SpoilableServices {
  const shop = soundShop()
  const inOrder = shop.events.toSorted((a, b) => a.partition - b.partition || a.seq - b.seq)
  const partitions = [...Map.groupBy(inOrder, ({ partition }) => partition)]
  const history = JSON.stringify(shop.exportLines)
  return {
    ...shop,
    exports: { table: history, log: history },
    topic: partitions.flatMap(([partition, records]) =>
      [...records, ...records.slice(0, 2)].map((record, offset) => ({ partition, offset, record })),
    ),
    positions: partitions.map(([partition, records]) => ({ partition, seq: records.length, logId: 'log' })),
    parked: [],
  }
}

/** The records of the topic that hold an event: the first one, and its repeat where there is one. */
function copiesOf(services: SpoilableServices, stream: string): readonly TopicRecord[] {
  const { eventId } = at(services, stream)
  return services.topic.filter(({ record }) => record?.eventId === eventId)
}

/** Puts another record where this one lies. */
function replaceRecord({ topic }: SpoilableServices, old: TopicRecord, change: Partial<TopicRecord>): void {
  topic[topic.indexOf(old)] = { ...old, ...change }
}

/** An event of which the topic has one copy, and one of which it has two. */
const [sentOnce, sentTwice] = ['user-40', 'user-1']

const plants: readonly {
  readonly title: string
  readonly spoil: (services: SpoilableServices) => void
  readonly says: RegExp
}[] = [
  {
    title: 'a record that is missing',
    spoil: (services) => remove(services.topic, copiesOf(services, sentOnce)[0]!),
    says: /^topic: partition \d seq \d+ is never what is next$/,
  },
  {
    title: 'a hole that late repeats of what was lost do not mend',
    spoil: (services) => remove(services.topic, copiesOf(services, sentTwice)[0]!),
    says: /^topic: partition \d seq 3 is never what is next$/,
  },
  {
    title: 'two records in another order',
    spoil: (services) => {
      const [one, other] = services.topic
        .filter(({ partition }) => partition === copiesOf(services, sentOnce)[0]!.partition)
        .slice(-4)
      replaceRecord(services, one!, { record: other!.record })
      replaceRecord(services, other!, { record: one!.record })
    },
    says: /^topic: partition \d seq \d+ is never what is next$/,
  },
  {
    title: 'a record that was sent again with another content',
    spoil: (services) => {
      const repeat = copiesOf(services, sentTwice)[1]!
      const value = repeat.record!.value.replace('person-1@', 'person-2@')
      replaceRecord(services, repeat, { record: { ...repeat.record!, value } })
    },
    says: /^topic: partition \d seq \d+ at offset \d+ has a wrong value$/,
  },
  {
    title: 'a number that two events have',
    spoil: (services) => {
      const { record, partition } = copiesOf(services, sentOnce)[0]!
      services.topic.push({ partition, offset: 99, record: { ...record!, eventId: 'e-99' } })
    },
    says: /^topic: partition \d seq \d+ at offset 99 has a wrong eventId$/,
  },
  {
    title: 'a record of another store',
    spoil: (services) => {
      const only = copiesOf(services, sentOnce)[0]!
      replaceRecord(services, only, { record: { ...only.record!, logId: 'another' } })
    },
    says: /^topic: partition \d seq \d+ at offset \d+ has a wrong logId$/,
  },
  {
    title: 'a record in another partition',
    spoil: (services) => {
      const only = copiesOf(services, sentOnce)[0]!
      replaceRecord(services, only, { partition: (only.partition + 1) % 8 })
    },
    says: /^topic: partition \d seq \d+ is never what is next$/,
  },
  {
    title: 'an event that the table does not have',
    spoil: ({ topic, events }) => {
      const { partition } = topic[0]!
      const seq = events.filter((event) => event.partition === partition).length + 1
      topic.push({ partition, offset: 99, record: { ...topic[0]!.record!, seq, eventId: 'e-99' } })
    },
    says: /^topic: partition \d seq \d+ is not in the table$/,
  },
  {
    title: 'a record that is not ours',
    spoil: ({ topic }) => topic.push({ partition: 0, offset: 99, record: undefined }),
    says: /^topic: partition 0 offset 99 is no event of ours$/,
  },
  {
    title: 'two histories',
    spoil: ({ exports }) => (exports.log = exports.log.replace('"command_no":1,', '"command_no":2,')),
    says: /^export: the table and the topic give two histories$/,
  },
  {
    title: 'a position that is behind',
    spoil: ({ positions }) => (positions[0] = { ...positions[0]!, seq: positions[0]!.seq - 1 }),
    says: /^positions: partition \d stands at \d+ instead of \d+$/,
  },
  {
    title: 'a position beyond the end',
    spoil: ({ positions }) => (positions[0] = { ...positions[0]!, seq: positions[0]!.seq + 1 }),
    says: /^positions: partition \d stands at \d+ instead of \d+$/,
  },
  {
    title: 'a position that was lost',
    spoil: ({ positions }) => positions.pop(),
    says: /^positions: partition \d stands at 0 instead of \d+$/,
  },
  {
    title: 'a position in another log',
    spoil: ({ positions }) => (positions[0] = { ...positions[0]!, logId: 'another' }),
    says: /^positions: partition \d is one of another log$/,
  },
  {
    title: 'an event that was put aside',
    spoil: ({ parked }) => parked.push({ partition: 3, seq: 1 }),
    says: /^parked: partition 3 seq 1$/,
  },
  {
    title: 'an event that no client asked for, wherever it is',
    spoil: (services) => {
      const strange = { ...at(services, 'user-5'), stream: 'user-99', eventId: 'e-99' }
      services.events.push(strange)
    },
    says: /^events: nobody asked for UserCreated of user 99$/,
  },
  {
    title: 'a page that is missing',
    spoil: ({ files }) => files.delete('welcome_5.html'),
    says: /^files: welcome_5\.html is missing$/,
  },
]

describe('the checker of services', () => {
  test('finds nothing wrong where nothing is', () => {
    assert.deepEqual(checkServices(soundServices() satisfies ServicesEvidence), [])
  })

  for (const { title, spoil, says } of plants)
    test(`finds ${title}`, () => {
      const services = soundServices()
      spoil(services)
      const violations = checkServices(services)
      assert.ok(
        violations.some((violation) => says.test(violation)),
        `it says: ${violations.join('; ')}`,
      )
    })

  test('never tells who a user is', () => {
    for (const { spoil } of plants) {
      const services = soundServices()
      spoil(services)
      assert.doesNotMatch(checkServices(services).join(), /Person|@/)
    }
  })
})
