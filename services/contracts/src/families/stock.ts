import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import Type from 'typebox'
import { idField } from './fields.ts'

const units = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })

const level = Type.Object({ product_id: idField, quantity: units }, { additionalProperties: false })

/** What an order took or gave back, and what can be sold after it: nobody has to add up. */
const movement = Type.Object(
  {
    product_id: idField,
    order_id: idField,
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    available: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  },
  { additionalProperties: false },
)

const moved = {
  schemaVersion: 1,
  schema: movement,
  sample: { product_id: 3, order_id: 7, quantity: 2, available: 0 },
} as const

/** How much of each product can be sold. */
export const stock = defineFamily({
  topic: 'stock-events',
  owner: 'store-manager',
  streamOf: ({ product_id }) => `stock-${product_id}`,
  events: {
    /** Somebody counted: so many can be sold from now on, beside those that orders have reserved. */
    StockSet: { schemaVersion: 1, schema: level, sample: { product_id: 3, quantity: 2 } },
    /** An order took some. */
    StockReserved: moved,
    /** An order that was cancelled gave them back. */
    StockReleased: moved,
  },
})

export type StockEvent = EventOf<typeof stock>
