import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { club } from '@magasin/contracts/testing/members'
import { trips } from '@magasin/contracts/testing/trips'
import { chooseTopics, type Choice } from './choose-topics.ts'

const travels = { ...trips.topic, owner: 'travel-agent' }
const [members, visits] = club.topics.values()
const twoStores = { topics: new Map([members!, travels, visits!].map((topic) => [topic.name, topic])) }

describe('the topics of an export', () => {
  test('are the one that is named', () => {
    assert.deepEqual(chooseTopics(twoStores, { topic: 'visit-events' }), {
      topics: ['visit-events'],
      isWholeStore: false,
    })
  })

  test('are all of the store, if all are asked for', () => {
    assert.deepEqual(chooseTopics(club, { all: true }), {
      topics: ['member-events', 'visit-events'],
      isWholeStore: true,
    })
  })

  test('are those of the service that is named, and never of two', () => {
    assert.deepEqual(chooseTopics(twoStores, { all: true, service: 'club' }), {
      topics: ['member-events', 'visit-events'],
      isWholeStore: true,
    })
    assert.deepEqual(chooseTopics(twoStores, { all: true, service: 'travel-agent' }), {
      topics: ['trip-events'],
      isWholeStore: true,
    })
  })

  const wrong: readonly [what: string, choice: Choice, says: RegExp][] = [
    ['neither a topic nor all', {}, /--topic <topic> for one of member-events, trip-events, visit-events, or --all/],
    ['a topic and all', { topic: 'visit-events', all: true }, /--topic <topic> .* or --all .*; not both/],
    ['all of two stores', { all: true }, /there are 2, .*--service <service>, one of club, travel-agent/],
    ['all of a service that records nothing', { all: true, service: 'coolriel' }, /services are club, travel-agent/],
    ['a topic of a service', { topic: 'visit-events', service: 'club' }, /--service goes with --all/],
  ]
  for (const [what, choice, says] of wrong)
    test(`are not guessed where the call says ${what}`, () => {
      const chosen = chooseTopics(twoStores, choice)
      assert.ok('wrong' in chosen)
      assert.match(chosen.wrong, says)
    })
})
