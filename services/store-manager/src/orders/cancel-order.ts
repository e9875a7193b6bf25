import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { OrderEvent } from '@magasin/shop-contracts/families/orders'
import type { StockEvent } from '@magasin/shop-contracts/families/stock'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { stock } from '../stock/table.ts'
import { OrderStatus } from './order.ts'
import { orderOf, orders } from './table.ts'
import { orderWithStock } from './with-stock.ts'

/**
 * Cancels an order and gives its stock back, both or neither. Refuses with ORDER_NOT_FOUND, with ORDER_PAID, and with ORDER_CANCELLED the
 * second time: nothing is given back twice.
 */
export function cancelOrder(id: number): Command<{ readonly deleted: true }> {
  return {
    reads: orderWithStock(id),
    decide(state) {
      const row = state.find(orders, { id })
      const facts = { deleted: false }
      if (row === undefined) throw new MagasinError(shopErrors.ORDER_NOT_FOUND, `there is no order ${id}`, { facts })
      const { status, ...order } = orderOf(row)
      if (status === OrderStatus.paid)
        throw new MagasinError(shopErrors.ORDER_PAID, `order ${id} is paid: it cannot be cancelled`, { facts })
      if (status === OrderStatus.cancelled)
        throw new MagasinError(shopErrors.ORDER_CANCELLED, `order ${id} was cancelled already`, { facts })
      const cancelled: OrderEvent = { type: 'OrderCancelled', data: order }
      const released = order.items.map(({ product_id, quantity }): StockEvent => {
        const { available } = state.find(stock, { product_id })!
        return { type: 'StockReleased', data: { product_id, order_id: id, quantity, available: available + quantity } }
      })
      return { events: [cancelled, ...released], answer: { deleted: true } }
    },
  }
}
