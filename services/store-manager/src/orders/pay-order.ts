import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { OrderEvent } from '@magasin/shop-contracts/families/orders'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { OrderStatus } from './order.ts'
import { orderOf, orders } from './table.ts'
import { orderWithStock } from './with-stock.ts'

/**
 * Says that an order is paid; what it had reserved is sold. Said of a paid order it changes nothing. Refuses with ORDER_NOT_FOUND and
 * ORDER_CANCELLED.
 */
export function payOrder(id: number): Command<{ readonly updated: true }> {
  return {
    reads: orderWithStock(id),
    decide(state) {
      const row = state.find(orders, { id })
      if (row === undefined) throw new MagasinError(shopErrors.ORDER_NOT_FOUND, `there is no order ${id}`)
      const { status, ...order } = orderOf(row)
      if (status === OrderStatus.cancelled)
        throw new MagasinError(shopErrors.ORDER_CANCELLED, `order ${id} was cancelled: it cannot be paid`)
      const paid: OrderEvent = { type: 'OrderPaid', data: order }
      return { events: status === OrderStatus.paid ? [] : [paid], answer: { updated: true } }
    },
  }
}
