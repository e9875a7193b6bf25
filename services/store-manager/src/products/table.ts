import type { StateTable } from '@magasin/event-store/state-table'
import type { ProductEvent } from '@magasin/shop-contracts/families/products'
import type { Product } from './product.ts'
import { skuKey } from './sku-key.ts'

/** A row of `products`: what can be sold now. */
export type ProductRow = { readonly [Field in keyof Product]: Product[Field] } & {
  /** Unique; free again when the product is deleted. */
  readonly sku_key: string
}

/** The tables of this family. */
export interface ProductTables {
  products: ProductRow
}

/** The products, as the events say they are. */
export const products: StateTable<ProductRow, ProductEvent> = {
  name: 'products',
  key: ['id'],
  uniques: ['sku_key'],
  projections: {
    ProductCreated: ({ id, name, sku, price_cents }) => [{ put: { id, name, sku, sku_key: skuKey(sku), price_cents } }],
    ProductDeleted: ({ id }) => [{ remove: { id } }],
  },
}

/** The product in a row, without what only the database needs. */
export function productOf({ id, name, sku, price_cents }: ProductRow): Product {
  return { id, name, sku, price_cents }
}
