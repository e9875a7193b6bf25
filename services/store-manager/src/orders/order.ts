import type { OrderData, OrderItem } from '@magasin/shop-contracts/families/orders'

/** How far an order is. */
export const OrderStatus = { placed: 'placed', paid: 'paid', cancelled: 'cancelled' } as const

export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus]

/** An order: what its events carry, and how far it is. */
export interface Order extends OrderData {
  readonly status: OrderStatus
}

/** What is asked for: one line a product. */
export interface OrderLine {
  readonly product_id: number
  readonly quantity: number
}

/** One line for each product, in the order of the products: those of one product are summed. */
export function summed(lines: readonly OrderLine[]): readonly OrderLine[] {
  const quantities = new Map<number, number>()
  for (const { product_id, quantity } of lines) quantities.set(product_id, (quantities.get(product_id) ?? 0) + quantity)
  const sums = [...quantities].map(([product_id, quantity]) => ({ product_id, quantity }))
  return sums.toSorted((a, b) => a.product_id - b.product_id)
}

/** What an order costs. */
export function totalOf(items: readonly Pick<OrderItem, 'quantity' | 'unit_price_cents'>[]): number {
  return items.reduce((total, { quantity, unit_price_cents }) => total + quantity * unit_price_cents, 0)
}
