import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Kysely } from 'kysely'
import { pageOf, type Page, type PageRequest } from '../http/pages.ts'
import type { StoreTables } from '../tables.ts'
import type { Order, OrderStatus } from './order.ts'
import { orderOf, type OrderRow } from './table.ts'

/** The order with this id; ORDER_NOT_FOUND if there is none. */
export async function getOrder(reader: Kysely<StoreTables>, id: number): Promise<Order> {
  const row = await reader.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new MagasinError(shopErrors.ORDER_NOT_FOUND, `there is no order ${id}`)
  return orderOf(row)
}

/** Whose an order is; undefined if there is no such order. */
export async function customerOf(reader: Kysely<StoreTables>, id: number): Promise<number | undefined> {
  const row = await reader.selectFrom('orders').select('user_id').where('id', '=', id).executeTakeFirst()
  return row?.user_id
}

/** What narrows a list of orders. */
export interface OrderFilters {
  readonly user_id?: number | undefined
  readonly status?: OrderStatus | undefined
}

/** Orders by id; of one user, of one status, or both. Each way has an index, of which a page reads its own rows. A page of long orders may be shorter than asked for. */
export async function listOrders(
  reader: Kysely<StoreTables>,
  request: PageRequest,
  { user_id, status }: OrderFilters,
): Promise<Page<Order>> {
  let query = reader.selectFrom('orders').selectAll().where('id', '>', request.after).orderBy('id')
  if (user_id !== undefined) query = query.where('user_id', '=', user_id)
  if (status !== undefined) query = query.where('status', '=', status)
  const rows = await query.limit(request.limit + 1).execute()
  const limit = Math.min(request.limit, countFitting(rows))
  return pageOf(rows, { ...request, limit }, { idOf: ({ id }) => id, show: orderOf })
}

// Some thousand lines, which take 10 ms to answer: orders of a hundred lines each make a short page.
const mostText = 150_000

/** How many orders from the first fit on a page; one always does. */
function countFitting(rows: readonly Pick<OrderRow, 'items'>[]): number {
  let text = 0
  const end = rows.findIndex(({ items }) => (text += items.length) > mostText)
  return end === -1 ? rows.length : Math.max(1, end)
}
