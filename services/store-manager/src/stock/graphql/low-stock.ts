import type { Kysely } from 'kysely'
import type { StoreTables } from '../../tables.ts'
import { stocked, type StockedProduct } from '../stocked-products.ts'

/** Where a page of low stock begins: after this product. */
export interface LowStockKey {
  readonly quantity: number
  readonly id: number
}

export interface LowStockRequest {
  readonly threshold: number
  readonly after: LowStockKey
  readonly limit: number
}

/**
 * Products of which at most `threshold` can be sold, by quantity, then by id. A page costs what it holds, however many products there are
 * and wherever it begins.
 */
export async function listLowStock(reader: Kysely<StoreTables>, request: LowStockRequest): Promise<StockedProduct[]> {
  const [same, more] = lowStockQueries(reader, request)
  const rows = await same.execute()
  return rows.length === request.limit ? rows : [...rows, ...(await more.limit(request.limit - rows.length).execute())]
}

/**
 * The rest of those with the quantity of the key, then those with more: each is one range of the index `stock_available`.
 * As one query with an `or` it is two ranges, which SQLite would sort; as a comparison of rows it is none for MySQL.
 */
export function lowStockQueries(reader: Kysely<StoreTables>, { threshold, after, limit }: LowStockRequest) {
  const inOrder = stocked(reader).where('available', '<=', threshold).orderBy('available').orderBy('product_id')
  return [
    inOrder.where('available', '=', after.quantity).where('product_id', '>', after.id).limit(limit),
    inOrder.where('available', '>', after.quantity).limit(limit),
  ] as const
}
