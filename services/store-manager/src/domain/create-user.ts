import { MagasinError } from '@magasin/contracts/magasin-error'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { User } from './user.ts'

/** What a decision to create a user depends on. */
export interface BeforeCreateUser {
  /** Somebody has the e-mail address already. */
  readonly isEmailTaken: boolean
}

/** Creates a user; refuses with EMAIL_TAKEN. */
export function decideCreateUser(before: BeforeCreateUser, user: User): readonly UserEvent[] {
  if (before.isEmailTaken)
    throw new MagasinError(shopErrors.EMAIL_TAKEN, 'another user has this email: choose another one', {
      facts: { field: 'email' },
    })
  return [{ type: 'UserCreated', data: user }]
}
