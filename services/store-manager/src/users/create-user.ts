import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { emailKey } from './email-key.ts'
import { users } from './table.ts'
import type { User } from './user.ts'

/** Creates a user with an id of `EventStore.nextId`; refuses with EMAIL_TAKEN if another user has the e-mail address. */
export function createUser(user: User): Command<{ readonly user_id: number }> {
  const key = emailKey(user.email)
  return {
    reads: [
      { table: users.name, column: 'id', value: user.id },
      { table: users.name, column: 'email_key', value: key },
    ],
    decide(state) {
      if (state.find(users, 'email_key', key) !== undefined)
        throw new MagasinError(shopErrors.EMAIL_TAKEN, 'another user has this email: choose another one', {
          facts: { field: 'email' },
        })
      return { events: [{ type: 'UserCreated', data: user }], answer: { user_id: user.id } }
    },
  }
}
