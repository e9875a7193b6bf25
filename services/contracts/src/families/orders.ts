import { defineFamily, type EventData, type EventOf } from '@magasin/contracts/define-family'
import Type from 'typebox'
import { maxPriceCents } from '../money.ts'
import { idField, person, price, productName } from './fields.ts'

/** The most lines of an order: its event, with long names, stays a tenth of what a broker takes. */
export const maxOrderLines = 100

/** The most units of one product in an order: the total stays a whole number for JavaScript. */
export const maxUnits = 10_000

/** A line as it was at the moment of the order: a product that is renamed or gone later changes nothing in it. */
const item = Type.Object(
  {
    product_id: idField,
    ...productName,
    quantity: Type.Integer({ minimum: 1, maximum: maxUnits }),
    unit_price_cents: price,
  },
  { additionalProperties: false },
)

/** What every event of an order carries: the whole order, and whom to write to about it, so that no subscriber asks back. */
const order = Type.Object(
  {
    id: idField,
    user_id: idField,
    ...person,
    /** The language in which to write: an ISO 639-1 code. */
    locale: Type.String({ pattern: '^[a-z]{2}$' }),
    items: Type.Array(item, { minItems: 1, maxItems: maxOrderLines }),
    /** The sum over the items of quantity × unit price. */
    total_cents: Type.Integer({ minimum: 0, maximum: maxOrderLines * maxUnits * maxPriceCents }),
  },
  { additionalProperties: false },
)

const whole = {
  schemaVersion: 1,
  schema: order,
  personal: ['name', 'email'],
  sample: {
    id: 7,
    user_id: 42,
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    user_type_id: 1,
    locale: 'fr',
    items: [{ product_id: 3, name: 'Gadget XYZ', sku: 'GG12345', quantity: 2, unit_price_cents: 575 }],
    total_cents: 1150,
  },
} as const

/** What customers ordered. */
export const orders = defineFamily({
  topic: 'order-events',
  owner: 'store-manager',
  streamOf: ({ id: order_id }) => `order-${order_id}`,
  events: {
    /** Somebody ordered. Its stock was reserved in the same transaction. */
    OrderPlaced: { ...whole, beginsStream: true },
    /** The order is paid: what it reserved is sold, and it cannot be cancelled any more. */
    OrderPaid: whole,
    /** The order is off. Its stock was given back in the same transaction. */
    OrderCancelled: whole,
  },
})

export type OrderEvent = EventOf<typeof orders>

/** An order as its events tell it. */
export type OrderData = EventData<(typeof orders.specs)['OrderPlaced']>

/** A line of an order. */
export type OrderItem = OrderData['items'][number]
