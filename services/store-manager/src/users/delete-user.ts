import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { userOf, users } from './table.ts'

/** Deletes a user, and says in the event who it was; refuses with USER_NOT_FOUND. */
export function deleteUser(id: number): Command<{ readonly deleted: true }> {
  return {
    reads: [{ table: users, where: { id } }],
    decide(state) {
      const row = state.find(users, { id })
      if (row === undefined)
        throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${id}`, { facts: { deleted: false } })
      const deleted: UserEvent = { type: 'UserDeleted', data: userOf(row) }
      return { events: [deleted], answer: { deleted: true } }
    },
  }
}
