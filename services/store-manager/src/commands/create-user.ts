import type { UserTypeId } from '@magasin/shop-contracts/user-types'
import type { Command } from '@magasin/event-store/command'
import { decideCreateUser } from '../domain/create-user.ts'
import { emailKey } from '../domain/email-key.ts'
import { users } from '../state/users.ts'

export interface CreateUser {
  /** From `EventStore.nextId`. */
  readonly id: number
  readonly name: string
  readonly email: string
  readonly user_type_id: UserTypeId
}

/** Creates a user whose e-mail address is free. */
export function createUser(user: CreateUser): Command<{ readonly user_id: number }> {
  const key = emailKey(user.email)
  return {
    reads: [
      { table: users.name, column: 'id', value: user.id },
      { table: users.name, column: 'email_key', value: key },
    ],
    decide(state) {
      const isEmailTaken = state.find(users, 'email_key', key) !== undefined
      return { events: decideCreateUser({ isEmailTaken }, user), answer: { user_id: user.id } }
    },
  }
}
