import type { StateTable } from '@magasin/event-store/state-table'
import type { OrderEvent } from '@magasin/shop-contracts/families/orders'
import type { ProductEvent } from '@magasin/shop-contracts/families/products'
import type { StockEvent } from '@magasin/shop-contracts/families/stock'

/** A row of `stock`: how many of a product there are. Every product has one from its creation. */
export type StockRow = {
  readonly product_id: number
  /** Can be sold. */
  readonly available: number
  /** Belong to orders that are neither paid nor cancelled. */
  readonly reserved: number
}

/** The tables of this family. */
export interface StockTables {
  stock: StockRow
}

/** What was counted, less what orders have reserved or bought since. */
export const stock: StateTable<StockRow, StockEvent | OrderEvent | ProductEvent> = {
  name: 'stock',
  key: ['product_id'],
  projections: {
    // Nothing can be sold until somebody counts.
    ProductCreated: ({ id }) => [{ put: { product_id: id, available: 0, reserved: 0 } }],
    StockSet: ({ product_id, quantity }, { find }) => [
      { put: { product_id, available: quantity, reserved: find({ product_id })!.reserved } },
    ],
    StockReserved: ({ product_id, quantity, available }, { find }) => [
      { put: { product_id, available, reserved: find({ product_id })!.reserved + quantity } },
    ],
    StockReleased: ({ product_id, quantity, available }, { find }) => [
      { put: { product_id, available, reserved: find({ product_id })!.reserved - quantity } },
    ],
    // What was reserved is sold.
    OrderPaid: ({ items }, { find }) =>
      items.map(({ product_id, quantity }) => {
        const row = find({ product_id })!
        return { put: { ...row, reserved: row.reserved - quantity } }
      }),
    ProductDeleted: ({ id }) => [{ remove: { product_id: id } }],
  },
}
