import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventRecord } from '@magasin/contracts/event-record'
import { partitionOf } from '@magasin/contracts/partition-of'
import { checkShop, type Acknowledged, type ShopEvidence } from './testing/check-shop.ts'
import type { User } from './testing/user.ts'

type Line = Readonly<Record<string, unknown>>

/** Evidence that a test may spoil. */
interface Spoilable {
  acknowledged: Acknowledged[]
  events: { -readonly [Field in keyof EventRecord]: EventRecord[Field] }[]
  users: { -readonly [Field in keyof User]: User[Field] }[]
  exportLines: Record<string, unknown>[]
  files: Map<string, string>
}

/** Users 1 to 40 were created, then 1 and 2 deleted. */
function soundShop(): Spoilable {
  const everyone = Array.from({ length: 40 }, (_, i): User => {
    return { id: i + 1, name: `Person ${i + 1}`, email: `person-${i + 1}@example.com`, user_type_id: (i % 3) + 1 }
  })
  const acknowledged: Acknowledged[] = [
    ...everyone.map((user) => ({ event: 'UserCreated' as const, user })),
    ...everyone.slice(0, 2).map((user) => ({ event: 'UserDeleted' as const, user })),
  ]
  const seqs = new Map<number, number>()
  const events = acknowledged.map(({ event, user }, i): EventRecord => {
    const stream = `user-${user.id}`
    const partition = partitionOf(stream, 8)
    const seq = (seqs.get(partition) ?? 0) + 1
    seqs.set(partition, seq)
    const time = '2026-01-01T00:00:00.000Z'
    const value = JSON.stringify({ event, ...user, datetime: time })
    const numbers = { partition, seq, commit: i + 1, streamVersion: event === 'UserCreated' ? 1 : 2, schemaVersion: 2 }
    return {
      logId: 'log',
      topic: 'user-events',
      ...numbers,
      id: `e-${i}`,
      type: event,
      stream,
      time,
      traceparent: null,
      value,
    }
  })
  const page = ({ email }: User) => `<!doctype html><html><p>${email}</p></html>\n`
  return {
    acknowledged,
    events,
    users: everyone.slice(2).map((user) => ({ ...user })),
    exportLines: events.map(({ value, topic, partition, seq, commit, streamVersion: version, id: event_id }) => {
      return { ...(JSON.parse(value) as Line), topic, partition, seq, commit, version, event_id }
    }),
    files: new Map([
      ...everyone.map((user) => [`welcome_${user.id}.html`, page(user)] as const),
      ...everyone.slice(0, 2).map((user) => [`goodbye_${user.id}.html`, page(user)] as const),
    ]),
  }
}

/** The event of a stream that has this version. */
const at = ({ events }: Spoilable, stream: string, version = 1) =>
  events.find((event) => event.stream === stream && event.streamVersion === version)!

/** Exchanges a field of the two events of user 1. */
function swap(shop: Spoilable, field: 'commit' | 'streamVersion' | 'type'): void {
  const [first, second] = [at(shop, 'user-1'), at(shop, 'user-1', 2)]
  const before = { [field]: first[field] }
  Object.assign(first, { [field]: second[field] })
  Object.assign(second, before)
}

const remove = <T>(list: T[], item: T) => void list.splice(list.indexOf(item), 1)

const stranger: User = { id: 99, name: 'Nobody', email: 'nobody@example.com', user_type_id: 1 }

/** What is planted, and what of the checker's answer must be among the rest. */
const plants: readonly { readonly title: string; readonly spoil: (shop: Spoilable) => void; readonly says: RegExp }[] =
  [
    {
      title: 'a command whose event is lost',
      spoil: (shop) => remove(shop.events, at(shop, 'user-5')),
      says: /^events: UserCreated of user 5 is missing$/,
    },
    {
      title: 'a command whose state is lost',
      spoil: (shop) =>
        remove(
          shop.users,
          shop.users.find(({ id }) => id === 5)!,
        ),
      says: /^state: user 5 is missing$/,
    },
    {
      title: 'a command whose line is lost',
      spoil: (shop) => remove(shop.exportLines, shop.exportLines[4]!),
      says: /^export: UserCreated of user 5 is missing$/,
    },
    {
      title: 'a command whose page is lost',
      spoil: (shop) => shop.files.delete('goodbye_2.html'),
      says: /^files: goodbye_2\.html is missing$/,
    },
    {
      title: 'two commands that were answered with the same user',
      spoil: (shop) => shop.acknowledged.push(shop.acknowledged[4]!),
      says: /^answers: UserCreated of user 5 is there 2 times$/,
    },
    {
      title: 'an event that is there twice',
      spoil: (shop) => shop.events.push({ ...at(shop, 'user-5'), id: 'e-99', streamVersion: 2 }),
      says: /^events: UserCreated of user 5 is there 2 times$/,
    },
    {
      title: 'a line that is there twice',
      spoil: (shop) => shop.exportLines.push(shop.exportLines[4]!),
      says: /^export: UserCreated of user 5 is there 2 times$/,
    },
    {
      title: 'a user who is there twice',
      spoil: (shop) => shop.users.push(shop.users[0]!),
      says: /^state: user 3 is there 2 times$/,
    },
    {
      title: 'an event that nobody asked for',
      spoil: (shop) => shop.events.push({ ...at(shop, 'user-5'), stream: 'user-99' }),
      says: /^events: nobody asked for UserCreated of user 99$/,
    },
    {
      title: 'a user whom nobody asked for',
      spoil: (shop) => shop.users.push(stranger),
      says: /^state: nobody asked for user 99$/,
    },
    {
      title: 'a line that nobody asked for',
      spoil: (shop) => shop.exportLines.push({ ...shop.exportLines[4]!, id: 99 }),
      says: /^export: nobody asked for UserCreated of user 99$/,
    },
    {
      title: 'a page that nobody asked for',
      spoil: (shop) => shop.files.set('welcome_99.html', '<html></html>'),
      says: /^files: nobody asked for welcome_99\.html$/,
    },
    {
      title: 'a temporary file that was left',
      spoil: (shop) => shop.files.set('.magasin-0f0f.tmp', ''),
      says: /^files: nobody asked for \.magasin-0f0f\.tmp$/,
    },
    {
      title: 'a deleted user who is still there',
      spoil: (shop) => shop.users.push(shop.acknowledged[0]!.user),
      says: /^state: user 1 was deleted and is there$/,
    },
    {
      title: 'a seq that is missing',
      spoil: (shop) => (at(shop, 'user-1', 2).seq += 1),
      says: /^numbers: user-events partition \d: seq \d+ is missing$/,
    },
    {
      title: 'a seq that is there twice',
      spoil: (shop) => (at(shop, 'user-1', 2).seq = at(shop, 'user-1').seq),
      says: /^numbers: user-events partition \d: seq \d+ is there 2 times$/,
    },
    {
      title: 'a commit number that is missing',
      spoil: (shop) => (at(shop, 'user-2', 2).commit += 1),
      says: /^numbers: commit 42 is missing$/,
    },
    {
      title: 'a commit number that is there twice',
      spoil: (shop) => (at(shop, 'user-2', 2).commit -= 1),
      says: /^numbers: commit 41 is there 2 times$/,
    },
    {
      title: 'commit numbers that fall in a partition',
      spoil: (shop) => swap(shop, 'commit'),
      says: /^numbers: user-events partition \d: commit 1 of seq \d+ is not beyond the one before$/,
    },
    {
      title: 'versions out of order',
      spoil: (shop) => swap(shop, 'streamVersion'),
      says: /^numbers: user-1: version 2 stands where 1 is next$/,
    },
    {
      title: 'a user who was deleted before being created',
      spoil: (shop) => swap(shop, 'type'),
      says: /^events: UserDeleted of user 1 has version 1 instead of 2$/,
    },
    {
      title: 'an event in a partition that is not its own',
      spoil: (shop) => (at(shop, 'user-5').partition = (at(shop, 'user-5').partition + 1) % 8),
      says: /^numbers: user-5 is not at home in partition \d, seq \d+$/,
    },
    {
      title: 'two events with one id',
      spoil: (shop) => (at(shop, 'user-5').id = at(shop, 'user-6').id),
      says: /^numbers: 2 events have the id e-5$/,
    },
    {
      title: 'a wrong field in an event',
      spoil: (shop) => (at(shop, 'user-5').value = at(shop, 'user-5').value.replace('person-5@', 'person-6@')),
      says: /^events: UserCreated of user 5 has a wrong email$/,
    },
    {
      title: 'a wrong field in the state',
      spoil: (shop) => (shop.users[2]!.user_type_id = 3),
      says: /^state: user 5 has a wrong user_type_id$/,
    },
    {
      title: 'a wrong field in a line',
      spoil: (shop) => (shop.exportLines[4]!['email'] = 'person-6@example.com'),
      says: /^export: UserCreated of user 5 has a wrong email$/,
    },
    {
      title: 'a field that a line lacks',
      spoil: (shop) => delete shop.exportLines[4]!['commit'],
      says: /^export: UserCreated of user 5 has a wrong commit$/,
    },
    {
      title: 'a line with the id of no event',
      spoil: (shop) => (shop.exportLines[4]!['event_id'] = 'e-99'),
      says: /^export: UserCreated of user 5 has the id of no event$/,
    },
    {
      title: 'lines out of order',
      spoil: (shop) => (shop.exportLines = shop.exportLines.toReversed()),
      says: /^export: line 2 is older than the one before$/,
    },
    {
      title: 'a page that was written by half',
      spoil: (shop) => shop.files.set('welcome_5.html', '<!doctype html><html><p>person-5@example.com'),
      says: /^files: welcome_5\.html is not whole$/,
    },
    {
      title: 'a page of somebody else',
      spoil: (shop) => shop.files.set('welcome_5.html', shop.files.get('welcome_6.html')!),
      says: /^files: welcome_5\.html has a wrong email$/,
    },
  ]

describe('the checker of a shop', () => {
  test('finds nothing wrong where nothing is', () => {
    assert.deepEqual(checkShop(soundShop() satisfies ShopEvidence), [])
  })

  for (const { title, spoil, says } of plants)
    test(`finds ${title}`, () => {
      const shop = soundShop()
      spoil(shop)
      const violations = checkShop(shop)
      assert.ok(
        violations.some((violation) => says.test(violation)),
        `it says: ${violations.join('; ')}`,
      )
    })

  test('never tells who a user is', () => {
    for (const { spoil } of plants) {
      const shop = soundShop()
      spoil(shop)
      assert.doesNotMatch(checkShop(shop).join(), /Person|@|Nobody/)
    }
  })
})
