import { Catalogue } from '@magasin/contracts/catalogue'
import { users, type UserEvent } from './families/users.ts'
import { shopErrors } from './shop-errors.ts'

/** Every event of the shop. */
export type ShopEvent = UserEvent

/** The shop's families of events and its errors: what its stores, logs and subscribers are given. A new family has a line here. */
export const shopCatalogue = new Catalogue({ families: [users], errors: shopErrors })
