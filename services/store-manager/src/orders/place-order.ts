import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command, StateView } from '@magasin/event-store/command'
import type { OrderEvent, OrderItem } from '@magasin/shop-contracts/families/orders'
import type { StockEvent } from '@magasin/shop-contracts/families/stock'
import { amountOf, maxTotalCents } from '@magasin/shop-contracts/money'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { products } from '../products/table.ts'
import { stock } from '../stock/table.ts'
import { users } from '../users/table.ts'
import { totalOf, type OrderLine } from './order.ts'

// Until users say in which language they read: the shop's.
const locale = 'fr'

/**
 * Places an order and reserves its stock, both or neither. `lines` has one line for each product (`summed`). Refuses with
 * USER_NOT_FOUND, PRODUCT_NOT_FOUND, ORDER_TOO_LARGE, and STOCK_INSUFFICIENT, which says what is left of each product that is short.
 */
export function placeOrder(user_id: number, lines: readonly OrderLine[]): Command<{ readonly order_id: number }> {
  return {
    newId: 'order',
    reads: [
      { table: users, where: { id: user_id } },
      ...lines.map(({ product_id }) => ({ table: products, where: { id: product_id } })),
      ...lines.map(({ product_id }) => ({ table: stock, where: { product_id } })),
    ],
    decide(state, { id }) {
      const user = state.find(users, { id: user_id })
      if (user === undefined)
        throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${user_id}`, {
          facts: { field: 'user_id' },
        })
      const items = lines.map((line) => itemFor(line, state))
      const total_cents = totalOf(items)
      if (total_cents > maxTotalCents)
        throw new MagasinError(
          shopErrors.ORDER_TOO_LARGE,
          `an order costs at most ${amountOf(maxTotalCents)}: place several`,
        )
      const reserved = reserve(lines, { order_id: id, state })
      const { name, email, user_type_id } = user
      const customer = { user_id, name, email, user_type_id, locale }
      const placed: OrderEvent = { type: 'OrderPlaced', data: { id, ...customer, items, total_cents } }
      return { events: [placed, ...reserved], answer: { order_id: id } }
    },
  }
}

/** The line as the order keeps it: with the name and the price of this moment. */
function itemFor({ product_id, quantity }: OrderLine, state: StateView): OrderItem {
  const product = state.find(products, { id: product_id })
  if (product === undefined)
    throw new MagasinError(shopErrors.PRODUCT_NOT_FOUND, `there is no product ${product_id}`, { facts: { product_id } })
  const { name, sku, price_cents } = product
  return { product_id, name, sku, quantity, unit_price_cents: price_cents }
}

function reserve(
  lines: readonly OrderLine[],
  { order_id, state }: { readonly order_id: number; readonly state: StateView },
): readonly StockEvent[] {
  const left = lines.map((line) => ({
    ...line,
    available: state.find(stock, { product_id: line.product_id })!.available,
  }))
  const short = left.filter(({ quantity, available }) => quantity > available)
  if (short.length > 0)
    throw new MagasinError(shopErrors.STOCK_INSUFFICIENT, `there is not enough of ${short.map(shortText).join(', ')}`, {
      facts: {
        short: short.map(({ product_id, quantity, available }) => ({ product_id, requested: quantity, available })),
      },
    })
  return left.map(({ product_id, quantity, available }) => ({
    type: 'StockReserved',
    data: { product_id, order_id, quantity, available: available - quantity },
  }))
}

const shortText = ({ product_id, quantity, available }: OrderLine & { readonly available: number }): string =>
  `product ${product_id} (${quantity} asked for, ${available} left)`
