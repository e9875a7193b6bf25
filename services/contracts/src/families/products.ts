import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import Type from 'typebox'
import { idField, price, productName } from './fields.ts'

/** What both events carry. */
const product = Type.Object({ id: idField, ...productName, price_cents: price }, { additionalProperties: false })

const described = {
  schemaVersion: 1,
  schema: product,
  sample: { id: 3, name: 'Gadget XYZ', sku: 'GG12345', price_cents: 575 },
} as const

/** What the shop sells. */
export const products = defineFamily({
  topic: 'product-events',
  owner: 'store-manager',
  streamOf: ({ id }) => `product-${id}`,
  events: {
    /** It can be sold from now on, once there is stock of it. */
    ProductCreated: { ...described, beginsStream: true },
    /** It is not sold any more. Its stock is gone with it. */
    ProductDeleted: described,
  },
})

export type ProductEvent = EventOf<typeof products>
