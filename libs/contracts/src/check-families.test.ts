import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Type from 'typebox'
import { Catalogue } from './catalogue.ts'
import { defineFamily, type EventSpec, type Family } from './define-family.ts'
import { isMagasinError } from './magasin-error.ts'
import { members, visits } from './testing/members.ts'

const fields = { id: Type.Integer({ minimum: 1 }), email: Type.String() }
const sound: EventSpec = {
  schemaVersion: 1,
  schema: Type.Object(fields, { additionalProperties: false }),
  personal: ['email'],
  sample: { id: 7, email: 'ada@example.com' },
}

const family = (spec: Partial<Parameters<typeof defineFamily>[0]>): Family =>
  defineFamily({
    topic: 'note-events',
    owner: 'club',
    streamOf: (data) => `note-${(data as { readonly id?: number }).id}`,
    events: { NoteTaken: sound },
    ...spec,
  })

const withEvent = (event: Partial<EventSpec>): Family => family({ events: { NoteTaken: { ...sound, ...event } } })

const withField = (name: string): Family =>
  withEvent({
    schema: Type.Object({ ...fields, [name]: Type.String() }, { additionalProperties: false }),
    sample: { ...(sound.sample as object), [name]: 'x' },
  })

/** What is said of families that are declared wrongly, one mistake a line. */
function faultsOf(...families: readonly Family[]): readonly string[] {
  try {
    assert.equal(new Catalogue({ families }).topics.size, families.length)
  } catch (error) {
    assert.ok(isMagasinError(error, 'FAMILY_INVALID'), String(error))
    assert.deepEqual([error.kind.exitCode, error.kind.refusesStart], [2, true])
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
  return []
}

describe('a family of events', () => {
  test('that is declared rightly is let through', () => {
    assert.deepEqual(faultsOf(family({}), members, visits), [])
  })

  const wrong: readonly (readonly [mistake: string, family: Family, said: RegExp])[] = [
    [
      'a personal field that is none',
      withEvent({ personal: ['e_mail'] }),
      /NoteTaken: personal names 'e_mail'.*take one of id, email/,
    ],
    ['no topic', family({ topic: '' }), /topic is ''/],
    [
      'a topic that no broker takes',
      family({ topic: 'notes of events' }),
      /family notes of events: topic is 'notes of events'/,
    ],
    ['a topic that no column takes', family({ topic: 'n'.repeat(101) }), /topic is 'n+'/],
    ['no partition', family({ partitions: 0 }), /partitions is 0/],
    ['half a partition', family({ partitions: 1.5 }), /partitions is 1.5/],
    ['no number of partitions', family({ partitions: Number.NaN }), /partitions is NaN/],
    [
      'a retention of nothing',
      family({ retention: { ms: 0, bytesPerPartition: 1, segmentBytes: 1 } }),
      /retention.ms is 0/,
    ],
    ['no type', family({ events: { '': sound } }), /the type is ''/],
    ['a type that no column takes', family({ events: { ['N'.repeat(101)]: sound } }), /the type is 'N+'/],
    ['a type that is not ASCII', family({ events: { NoteNotée: sound } }), /the type is 'NoteNotée'/],
    ['version 0', withEvent({ schemaVersion: 0 }), /schemaVersion is 0/],
    ['version 1.5', withEvent({ schemaVersion: 1.5 }), /schemaVersion is 1.5/],
    [
      'an upcaster, and no version for it',
      withEvent({ upcasters: { 1: (data) => data } }),
      /upcaster from version 1.*today’s is 1/,
    ],
    ['a sample of another shape', withEvent({ sample: { id: 7, mail: 'x' } }), /NoteTaken: the sample does not fit/],
    ['a stream of nothing', family({ streamOf: () => '' }), /streamOf makes ''/],
    [
      'a stream of a field that is not there',
      family({ streamOf: (data) => `note-${(data as Record<string, string>)['nr']}` }),
      /streamOf makes 'note-undefined'/,
    ],
    [
      'a stream that throws',
      family({ streamOf: (data) => (data as { at: { x: string } }).at.x }),
      /streamOf throws.*TypeError/,
    ],
    ['a stream that no column takes', family({ streamOf: () => 'n'.repeat(201) }), /streamOf makes 'n+'/],
    ['a stream with a space', family({ streamOf: () => 'note 7' }), /streamOf makes 'note 7'/],
    ['a schema that is open', withEvent({ schema: Type.Object(fields) }), /the schema takes any field/],
  ]
  for (const [mistake, declared, said] of wrong)
    test(`with ${mistake} is refused, saying what to do`, () => {
      const faults = faultsOf(declared)
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.match(faults[0]!, said)
      assert.match(faults[0]!, /^family .*: (take|make|give|raise|.*streamOf throws|.*does not fit)/)
    })

  // Committed once, an event with such a field could never be read again, or its export would have the name twice.
  for (const name of [
    'event',
    'datetime',
    'topic',
    'partition',
    'seq',
    'stream',
    'event_id',
    'caused_by',
    'command_no',
  ])
    test(`with a field called ${name} is refused: every record uses that name`, () => {
      assert.match(faultsOf(withField(name)).join(), new RegExp(`NoteTaken: the schema has a field ${name}, `))
    })

  test('is refused beside another of the same topic or with the same type of event, naming both', () => {
    const sameTopic = family({ topic: 'visit-events' })
    assert.match(faultsOf(visits, sameTopic).join(), /the topic visit-events, .*\(MemberVisited\) and .*\(NoteTaken\)/)
    const sameType = family({ events: { MemberVisited: sound } })
    assert.match(faultsOf(visits, sameType).join(), /families visit-events and note-events both declare MemberVisited/)
  })

  test('is told all its mistakes at once', () => {
    const declared = family({ partitions: 0, events: { NoteTaken: { ...sound, personal: ['x', 'y'] } } })
    assert.equal(faultsOf(declared).length, 3)
  })
})
