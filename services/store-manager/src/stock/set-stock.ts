import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { StockEvent } from '@magasin/shop-contracts/families/stock'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { products } from '../products/table.ts'
import { stock } from './table.ts'

/** What the lab's clients are told, and what it means. */
export interface StockAnswer {
  readonly result: 'set'
  readonly product_id: number
  readonly quantity: number
}

/** Says how many of a product can be sold from now on, beside those that open orders have reserved; refuses with PRODUCT_NOT_FOUND. */
export function setStock(product_id: number, quantity: number): Command<StockAnswer> {
  return {
    reads: [
      { table: products, where: { id: product_id } },
      { table: stock, where: { product_id } },
    ],
    decide(state) {
      if (state.find(products, { id: product_id }) === undefined)
        throw new MagasinError(shopErrors.PRODUCT_NOT_FOUND, `there is no product ${product_id}`, {
          facts: { product_id },
        })
      const set: StockEvent = { type: 'StockSet', data: { product_id, quantity } }
      return { events: [set], answer: { result: 'set', product_id, quantity } }
    },
  }
}
