import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { ProductEvent } from '@magasin/shop-contracts/families/products'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Product } from './product.ts'
import { skuKey } from './sku-key.ts'
import { products } from './table.ts'

/** Creates a product whose SKU is free; refuses with SKU_TAKEN. */
export function createProduct(product: Omit<Product, 'id'>): Command<{ readonly product_id: number }> {
  const sku_key = skuKey(product.sku)
  return {
    newId: 'product',
    reads: [{ table: products, where: { sku_key } }],
    decide(state, { id }) {
      const holder = state.find(products, { sku_key })
      if (holder !== undefined)
        throw new MagasinError(shopErrors.SKU_TAKEN, `product ${holder.id} has this sku: choose another one`, {
          facts: { field: 'sku', product_id: holder.id },
        })
      const created: ProductEvent = { type: 'ProductCreated', data: { id, ...product } }
      return { events: [created], answer: { product_id: id } }
    },
  }
}
