import { defineEvent } from '../define-event.ts'
import { userFields, userStream, withoutUserType } from './user-fields.ts'

/** An account is gone. Carries what the account held, so that a subscriber can say goodbye without asking anyone. */
export const UserDeleted = defineEvent({
  type: 'UserDeleted',
  topic: 'user-events',
  schemaVersion: 2,
  schema: userFields,
  upcasters: { 1: withoutUserType },
  personal: ['name', 'email'],
  streamOf: userStream,
  sample: { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 },
})
