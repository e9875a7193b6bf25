import type { RowChange, StateTable } from '@magasin/event-store/state-table'
import type { OrderData, OrderEvent, OrderItem } from '@magasin/shop-contracts/families/orders'
import { OrderStatus, type Order } from './order.ts'

/** A row of `orders`: the whole order, lines and all. It is always read and written as one. */
export type OrderRow = { readonly [Field in keyof Omit<Order, 'items'>]: Order[Field] } & {
  /** The lines, as JSON. */
  readonly items: string
  /** The user while the order is neither paid nor cancelled, else null: the open orders of a user are found by it. */
  readonly open_user_id: number | null
}

/** The tables of this family. */
export interface OrderTables {
  orders: OrderRow
}

/** The orders, as the events say they are. An order that is paid or cancelled stays. */
export const orders: StateTable<OrderRow, OrderEvent> = {
  name: 'orders',
  key: ['id'],
  indexes: ['open_user_id'],
  projections: {
    OrderPlaced: (order) => [put(order, OrderStatus.placed)],
    OrderPaid: (order) => [put(order, OrderStatus.paid)],
    OrderCancelled: (order) => [put(order, OrderStatus.cancelled)],
  },
}

/** The order in a row, without what only the database needs. */
export function orderOf(row: OrderRow): Order {
  const { id, user_id, name, email, user_type_id, locale, total_cents, status } = row
  return { id, user_id, name, email, user_type_id, locale, items: itemsOf(row), total_cents, status }
}

/** The lines in a row. */
export function itemsOf({ items }: Pick<OrderRow, 'items'>): OrderItem[] {
  return JSON.parse(items) as OrderItem[]
}

function put({ items, ...order }: OrderData, status: OrderStatus): RowChange<OrderRow> {
  const open_user_id = status === OrderStatus.placed ? order.user_id : null
  return { put: { ...order, items: JSON.stringify(items), status, open_user_id } }
}
