import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { ProductEvent } from '@magasin/shop-contracts/families/products'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { stock } from '../stock/table.ts'
import { productOf, products } from './table.ts'

/**
 * Deletes a product, and its stock with it. Refuses with PRODUCT_NOT_FOUND, and with PRODUCT_RESERVED while an open order has it: that
 * order could neither be delivered nor cancelled.
 */
export function deleteProduct(id: number): Command<{ readonly deleted: true }> {
  return {
    reads: [
      { table: products, where: { id } },
      { table: stock, where: { product_id: id } },
    ],
    decide(state) {
      const row = state.find(products, { id })
      if (row === undefined)
        throw new MagasinError(shopErrors.PRODUCT_NOT_FOUND, `there is no product ${id}`, { facts: { deleted: false } })
      const { reserved } = state.find(stock, { product_id: id })!
      if (reserved > 0)
        throw new MagasinError(
          shopErrors.PRODUCT_RESERVED,
          `open orders have ${reserved} of product ${id}: wait until they are paid, or cancel them`,
          { facts: { deleted: false, reserved } },
        )
      const deleted: ProductEvent = { type: 'ProductDeleted', data: productOf(row) }
      return { events: [deleted], answer: { deleted: true } }
    },
  }
}
