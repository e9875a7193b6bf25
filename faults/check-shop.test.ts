import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkShop, type ShopEvidence } from './testing/check-shop.ts'
import { at, remove, soundShop, type Spoilable } from './testing/sound-shop.ts'
import type { User } from './testing/user.ts'

/** Exchanges a field of the two events of user 1. */
function swap(shop: Spoilable, field: 'commandNo' | 'streamVersion' | 'type'): void {
  const [first, second] = [at(shop, 'user-1'), at(shop, 'user-1', 2)]
  const before = { [field]: first[field] }
  Object.assign(first, { [field]: second[field] })
  Object.assign(second, before)
}

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
      spoil: (shop) => shop.events.push({ ...at(shop, 'user-5'), eventId: 'e-99', streamVersion: 2 }),
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
      title: 'a command number that is missing',
      spoil: (shop) => (at(shop, 'user-2', 2).commandNo += 1),
      says: /^numbers: command 42 is missing$/,
    },
    {
      title: 'a command number that is there twice',
      spoil: (shop) => (at(shop, 'user-2', 2).commandNo -= 1),
      says: /^numbers: command 41 is there 2 times$/,
    },
    {
      title: 'command numbers that fall in a partition',
      spoil: (shop) => swap(shop, 'commandNo'),
      says: /^numbers: user-events partition \d: command 1 of seq \d+ is not beyond the one before$/,
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
      spoil: (shop) => (at(shop, 'user-5').eventId = at(shop, 'user-6').eventId),
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
      spoil: (shop) => delete shop.exportLines[4]!['command_no'],
      says: /^export: UserCreated of user 5 has a wrong command_no$/,
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
