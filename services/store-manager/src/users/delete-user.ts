import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { orders } from '../orders/table.ts'
import { userOf, users } from './table.ts'

/**
 * Deletes a user, and says in the event who it was. Refuses with USER_NOT_FOUND, and with USER_HAS_OPEN_ORDERS: nobody would be there
 * to pay them.
 */
export function deleteUser(id: number): Command<{ readonly deleted: true }> {
  return {
    reads: [
      { table: users, where: { id } },
      { table: orders, where: { open_user_id: id } },
    ],
    decide(state) {
      const row = state.find(users, { id })
      if (row === undefined)
        throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${id}`, { facts: { deleted: false } })
      const open = state.list(orders, { open_user_id: id }).length
      if (open > 0)
        throw new MagasinError(
          shopErrors.USER_HAS_OPEN_ORDERS,
          `user ${id} has ${open} open ${open === 1 ? 'order' : 'orders'}: wait until they are paid, or cancel them`,
          { facts: { deleted: false, open_orders: open } },
        )
      const deleted: UserEvent = { type: 'UserDeleted', data: userOf(row) }
      return { events: [deleted], answer: { deleted: true } }
    },
  }
}
