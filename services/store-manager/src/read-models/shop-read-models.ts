import { defineReadModels } from '@magasin/read-models/define-read-models'
import { shopCatalogue, type ShopEvent } from '@magasin/shop-contracts/shop-catalogue'

/**
 * What the shop answers from read models. `spent`: cents by user, of orders that are not cancelled. `sold`: units by product, of the same
 * orders. `product`: what suppliers see, with how many can be sold; `by_available` orders it by that. Each field of a product comes from one
 * topic, since topics have no order among each other.
 */
export const shopReadModels = defineReadModels<ShopEvent>({
  name: 'shop',
  version: 1,
  rankings: ['spent', 'sold'],
  documents: {
    product: {
      requires: ['name', 'sku', 'price_cents'],
      index: { by_available: { field: 'available', absent: 0 } },
    },
  },
  on: {
    OrderPlaced: (order) => count(order, 1),
    OrderCancelled: (order) => count(order, -1),
    ProductCreated: ({ id, name, sku, price_cents }) => [
      { document: 'product', key: id, set: { name, sku, price_cents } },
    ],
    ProductDeleted: ({ id }) => [{ document: 'product', key: id, set: { name: null, sku: null, price_cents: null } }],
    StockSet: ({ product_id, quantity }) => available(product_id, quantity),
    StockReserved: (movement) => available(movement.product_id, movement.available),
    StockReleased: (movement) => available(movement.product_id, movement.available),
  },
})

/** What they are projected from. */
export const readModelTopics: readonly string[] = [
  ...new Set([...shopReadModels.projections.keys()].map((type) => shopCatalogue.event(type).topic.name)),
]

interface CountedOrder {
  readonly user_id: number
  readonly total_cents: number
  readonly items: readonly { readonly product_id: number; readonly quantity: number }[]
}

const count = ({ user_id, total_cents, items }: CountedOrder, sign: 1 | -1) => [
  { ranking: 'spent', member: user_id, add: sign * total_cents },
  ...items.map(({ product_id, quantity }) => ({ ranking: 'sold', member: product_id, add: sign * quantity })),
]

const available = (product_id: number, quantity: number) => [
  { document: 'product', key: product_id, set: { available: quantity } },
]
