import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Kysely } from 'kysely'
import { pageOf, type Page, type PageRequest } from '../http/pages.ts'
import type { StoreTables } from '../tables.ts'

/** How many of a product can be sold. */
export interface StockLevel {
  readonly product_id: number
  readonly quantity: number
}

/** What can be sold of a product. PRODUCT_NOT_FOUND if there is no such product. */
export async function getStock(reader: Kysely<StoreTables>, product_id: number): Promise<StockLevel> {
  const row = await levels(reader).where('product_id', '=', product_id).executeTakeFirst()
  if (row === undefined) throw new MagasinError(shopErrors.PRODUCT_NOT_FOUND, `there is no product ${product_id}`)
  return row
}

/** What can be sold of each product, by product id. */
export async function listStock(reader: Kysely<StoreTables>, request: PageRequest): Promise<Page<StockLevel>> {
  const query = levels(reader).where('product_id', '>', request.after).orderBy('product_id')
  const rows = await query.limit(request.limit + 1).execute()
  return pageOf(rows, request, { idOf: ({ product_id }) => product_id, show: (row) => row })
}

/** Every product has a row of stock, and none is there without its product. */
function levels(reader: Kysely<StoreTables>) {
  return reader.selectFrom('stock').select(['product_id', 'available as quantity'])
}
