import { defineEvent } from '../define-event.ts'
import { userFields, userStream, withoutUserType } from './user-fields.ts'

/** Somebody has an account from now on. */
export const UserCreated = defineEvent({
  type: 'UserCreated',
  topic: 'user-events',
  schemaVersion: 2,
  schema: userFields,
  upcasters: { 1: withoutUserType },
  personal: ['name', 'email'],
  streamOf: userStream,
  sample: { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 },
})
