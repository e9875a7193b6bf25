import type { EventData } from '@magasin/contracts/define-family'
import type { products } from '@magasin/shop-contracts/families/products'

/** A product: what its events carry. */
export type Product = EventData<(typeof products.specs)['ProductCreated']>
