import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Kysely } from 'kysely'
import { pageOf, type Page, type PageRequest } from '../http/pages.ts'
import type { StoreTables } from '../tables.ts'
import type { Product } from './product.ts'
import { productOf } from './table.ts'

/** The product with this id; PRODUCT_NOT_FOUND if there is none. */
export async function getProduct(reader: Kysely<StoreTables>, id: number): Promise<Product> {
  const row = await reader.selectFrom('products').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new MagasinError(shopErrors.PRODUCT_NOT_FOUND, `there is no product ${id}`)
  return productOf(row)
}

/** Products by id. */
export async function listProducts(reader: Kysely<StoreTables>, request: PageRequest): Promise<Page<Product>> {
  const query = reader.selectFrom('products').selectAll().where('id', '>', request.after).orderBy('id')
  const rows = await query.limit(request.limit + 1).execute()
  return pageOf(rows, request, { idOf: ({ id }) => id, show: productOf })
}
