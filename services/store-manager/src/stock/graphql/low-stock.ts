import { sql, type Kysely } from 'kysely'
import type { StoreTables } from '../../tables.ts'

/** A product with what can be sold of it. */
export interface StockedProduct {
  readonly id: number
  readonly name: string
  readonly sku: string
  readonly price_cents: number
  readonly quantity: number
}

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

/** What nobody ever counted can be sold 0 times. */
const quantity = sql<number>`coalesce(${sql.ref('stock.available')}, 0)`

/** The product with this id, if it is there. */
export function findStocked(reader: Kysely<StoreTables>, id: number): Promise<StockedProduct | undefined> {
  return stocked(reader).where('products.id', '=', id).executeTakeFirst()
}

/**
 * Products of which at most `threshold` can be sold, by quantity, then by id.
 * Each page looks at every product, since what nobody counted has no row that an index of the stock could find: some milliseconds
 * per ten thousand products. What is sorted and answered is bounded by the page.
 */
export function listLowStock(
  reader: Kysely<StoreTables>,
  { threshold, after, limit }: LowStockRequest,
): Promise<StockedProduct[]> {
  return stocked(reader)
    .where(quantity, '<=', threshold)
    .where(({ and, eb, or }) =>
      or([
        eb(quantity, '>', after.quantity),
        and([eb(quantity, '=', after.quantity), eb('products.id', '>', after.id)]),
      ]),
    )
    .orderBy(quantity)
    .orderBy('products.id')
    .limit(limit)
    .execute()
}

function stocked(reader: Kysely<StoreTables>) {
  const joined = reader.selectFrom('products').leftJoin('stock', 'stock.product_id', 'products.id')
  return joined.select([
    'products.id',
    'products.name',
    'products.sku',
    'products.price_cents',
    quantity.as('quantity'),
  ])
}
