import type { Place } from '@magasin/host/open-own-database'
import { openOwnStore, type OwnStore } from '@magasin/host/open-own-store'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { accessMigrations } from './access/migrations.ts'
import { SigningKeys } from './access/signing-keys.ts'
import { StoredTokens, type Tokens } from './access/tokens.ts'
import { orderMigrations } from './orders/migrations.ts'
import { orders } from './orders/table.ts'
import { storeManager } from './part.ts'
import { productMigrations } from './products/migrations.ts'
import { products } from './products/table.ts'
import { stockMigrations } from './stock/migrations.ts'
import { stock } from './stock/table.ts'
import type { StoreTables } from './tables.ts'
import { userMigrations } from './users/migrations.ts'
import { users } from './users/table.ts'

/** What the store-manager has before it listens, and what the command line works on. */
export interface Store extends OwnStore<StoreTables> {
  readonly tokens: Tokens
  readonly signingKeys: SigningKeys
}

/** Opens the store, making or migrating its database: each family has its tables here. Throws what `openOwnStore` does. */
export async function openStore(place: Place): Promise<Store> {
  const store = await openOwnStore<StoreTables>({
    part: storeManager,
    place,
    catalogue: shopCatalogue,
    migrations: [userMigrations, productMigrations, orderMigrations, stockMigrations, accessMigrations],
    // In this order a decision reads them, and takes what it holds.
    stateTables: [users, products, orders, stock],
  })
  const signingKeys = new SigningKeys(store.database)
  return { ...store, signingKeys, tokens: new StoredTokens(store.database, signingKeys) }
}
