import { Catalogue } from '@magasin/contracts/catalogue'
import { orders, type OrderEvent } from './families/orders.ts'
import { products, type ProductEvent } from './families/products.ts'
import { stock, type StockEvent } from './families/stock.ts'
import { users, type UserEvent } from './families/users.ts'
import { shopErrors } from './shop-errors.ts'

/** Every event of the shop. */
export type ShopEvent = UserEvent | ProductEvent | StockEvent | OrderEvent

/** The shop's families of events and its errors: what its stores, logs and subscribers are given. A new family has a line here. */
export const shopCatalogue = new Catalogue({ families: [users, products, stock, orders], errors: shopErrors })
