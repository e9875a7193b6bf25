import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { emailKey } from './email-key.ts'
import type { User } from './user.ts'
import { users } from './table.ts'

/** Creates a user whose e-mail address is free; refuses with EMAIL_TAKEN. */
export function createUser(user: Omit<User, 'id'>): Command<{ readonly user_id: number }> {
  const email_key = emailKey(user.email)
  return {
    newId: 'user',
    reads: [{ table: users, where: { email_key } }],
    decide(state, { id }) {
      if (state.find(users, { email_key }) !== undefined)
        throw new MagasinError(shopErrors.EMAIL_TAKEN, 'another user has this email: choose another one', {
          facts: { field: 'email' },
        })
      const created: UserEvent = { type: 'UserCreated', data: { id, ...user } }
      return { events: [created], answer: { user_id: id } }
    },
  }
}
