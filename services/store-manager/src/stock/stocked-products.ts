import type { Kysely } from 'kysely'
import { pageOf, type Page, type PageRequest } from '../http/pages.ts'
import type { StoreTables } from '../tables.ts'

/** A product with what can be sold of it. */
export interface StockedProduct {
  readonly id: number
  readonly name: string
  readonly sku: string
  readonly price_cents: number
  readonly quantity: number
}

/** All products, by id. */
export async function listStocked(reader: Kysely<StoreTables>, request: PageRequest): Promise<Page<StockedProduct>> {
  const query = stocked(reader).where('product_id', '>', request.after).orderBy('product_id')
  const rows = await query.limit(request.limit + 1).execute()
  return pageOf(rows, request, { idOf: ({ id }) => id, show: (row) => row })
}

/** Every product with its row of stock. */
function stocked(reader: Kysely<StoreTables>) {
  const joined = reader.selectFrom('stock').innerJoin('products', 'products.id', 'stock.product_id')
  return joined.select([
    'products.id',
    'products.name',
    'products.sku',
    'products.price_cents',
    'stock.available as quantity',
  ])
}
