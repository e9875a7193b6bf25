import type { DomainEvent } from '@magasin/contracts/event-types'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { User } from './user.ts'

/** Deletes a user, and says in the event who it was; refuses with USER_NOT_FOUND. */
export function decideDeleteUser(user: User | undefined, id: number): readonly DomainEvent[] {
  if (user === undefined)
    throw new MagasinError('USER_NOT_FOUND', `there is no user ${id}`, { facts: { deleted: false } })
  return [{ type: 'UserDeleted', data: user }]
}
