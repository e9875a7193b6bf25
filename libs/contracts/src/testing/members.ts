import Type from 'typebox'
import { Catalogue } from '../catalogue.ts'
import { defineFamily, type EventOf } from '../define-family.ts'
import { defineErrors } from '../error-kinds.ts'

// The catalogue of the libraries' own tests: a club. Its members are written today in schema version 2.

const member = {
  schemaVersion: 2,
  schema: Type.Object(
    {
      id: Type.Integer({ minimum: 1 }),
      name: Type.String({ minLength: 1, maxLength: 200 }),
      contact: Type.String({ minLength: 3, maxLength: 254 }),
      level: Type.Integer({ minimum: 1, maximum: 3 }),
    },
    { additionalProperties: false },
  ),
  upcasters: { 1: (data: Readonly<Record<string, unknown>>) => ({ level: 1, ...data }) },
  personal: ['name', 'contact'],
  sample: { id: 42, name: 'Ada Lovelace', contact: 'ada@example.com', level: 1 },
} as const

export const members = defineFamily({
  topic: 'member-events',
  owner: 'club',
  retention: { ms: 168 * 3_600_000, bytesPerPartition: 1_073_741_824, segmentBytes: 200_000_000 },
  streamOf: ({ id }) => `member-${id}`,
  events: { MemberJoined: { ...member, beginsStream: true }, MemberLeft: member },
})

export const visits = defineFamily({
  topic: 'visit-events',
  owner: 'club',
  streamOf: ({ member: id }) => `visits-${id}`,
  events: {
    MemberVisited: {
      schemaVersion: 1,
      schema: Type.Object(
        { member: Type.Integer({ minimum: 1 }), note: Type.String() },
        { additionalProperties: false },
      ),
      sample: { member: 42, note: 'played' },
    },
  },
})

export type ClubEvent = EventOf<typeof members> | EventOf<typeof visits>

export const clubErrors = defineErrors({
  CONTACT_TAKEN: { http: { status: 409, title: 'Somebody else is reached there' } },
  MEMBER_NOT_FOUND: { http: { status: 404, title: 'No such member' } },
  NOBODY_THERE: { parks: true },
})

export const club = new Catalogue({ families: [members, visits], errors: clubErrors })
