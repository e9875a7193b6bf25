import type { DomainEvent } from '@magasin/contracts/event-types'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { User } from './user.ts'

/** What a decision to create a user depends on. */
export interface BeforeCreateUser {
  /** Somebody has the e-mail address already. */
  readonly isEmailTaken: boolean
}

/** Creates a user; refuses with EMAIL_TAKEN. */
export function decideCreateUser(before: BeforeCreateUser, user: User): readonly DomainEvent[] {
  if (before.isEmailTaken)
    throw new MagasinError('EMAIL_TAKEN', 'another user has this email: choose another one', {
      facts: { field: 'email' },
    })
  return [{ type: 'UserCreated', data: user }]
}
