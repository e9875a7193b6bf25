import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { OrderStatus } from './order.ts'
import { orders } from './table.ts'

/** What the lab's `is_paid: false` asks for: nothing, of an order that is not paid. Refuses with ORDER_NOT_FOUND, and with ORDER_PAID: what is paid stays paid. */
export function leaveUnpaid(id: number): Command<{ readonly updated: true }> {
  return {
    reads: [{ table: orders, where: { id } }],
    decide(state) {
      const row = state.find(orders, { id })
      if (row === undefined) throw new MagasinError(shopErrors.ORDER_NOT_FOUND, `there is no order ${id}`)
      if (row.status === OrderStatus.paid)
        throw new MagasinError(shopErrors.ORDER_PAID, `order ${id} is paid, and what is paid stays paid`)
      return { events: [], answer: { updated: true } }
    },
  }
}
