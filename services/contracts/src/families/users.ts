import { defineFamily, type EventOf, type Upcaster } from '@magasin/contracts/define-family'
import Type from 'typebox'
import { UserType } from '../user-types.ts'
import { idField, person } from './fields.ts'

/** What both events carry: the lab's fields, under the lab's names. */
const user = Type.Object({ id: idField, ...person }, { additionalProperties: false })

/** Before user types existed everyone was a client. */
const withoutUserType: Upcaster = (data) => ({ user_type_id: UserType.client, ...data })

const account = {
  schemaVersion: 2,
  schema: user,
  upcasters: { 1: withoutUserType },
  personal: ['name', 'email'],
  sample: { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 },
} as const

/** The accounts of the shop. */
export const users = defineFamily({
  topic: 'user-events',
  owner: 'store-manager',
  // The lab's setting: a week or 1 GiB, whichever is reached first.
  retention: { ms: 168 * 3_600_000, bytesPerPartition: 1_073_741_824, segmentBytes: 200_000_000 },
  streamOf: ({ id }) => `user-${id}`,
  events: {
    /** Somebody has an account from now on. */
    UserCreated: { ...account, beginsStream: true },
    /** An account is gone. Carries what it held: a subscriber says goodbye without asking anyone. */
    UserDeleted: account,
  },
})

export type UserEvent = EventOf<typeof users>
