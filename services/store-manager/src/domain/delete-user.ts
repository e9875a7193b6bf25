import { MagasinError } from '@magasin/contracts/magasin-error'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { User } from './user.ts'

/** Deletes a user, and says in the event who it was; refuses with USER_NOT_FOUND. */
export function decideDeleteUser(user: User | undefined, id: number): readonly UserEvent[] {
  if (user === undefined)
    throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${id}`, { facts: { deleted: false } })
  return [{ type: 'UserDeleted', data: user }]
}
