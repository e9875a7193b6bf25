import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { UserType } from '@magasin/shop-contracts/user-types'
import type { Store } from './open-store.ts'
import { createProduct } from './products/create-product.ts'
import { setStock } from './stock/set-stock.ts'
import { createUser } from './users/create-user.ts'

/** The lab's users. */
const seedUsers = [
  { name: 'Ada Lovelace', email: 'alovelace@example.com', user_type_id: UserType.client },
  { name: 'Adele Goldberg', email: 'agoldberg@example.com', user_type_id: UserType.client },
  { name: 'Alan Turing', email: 'aturing@example.com', user_type_id: UserType.client },
  { name: 'Jane Doe', email: 'jdoe@magasinducoin.ca', user_type_id: UserType.employee },
  { name: 'Da Boss', email: 'dboss@magasinducoin.ca', user_type_id: UserType.manager },
] as const

/** The lab's products, and how many of each can be sold. */
const seedProducts = [
  { product: { name: 'Laptop ABC', sku: 'LP12567', price_cents: 199_999 }, quantity: 1000 },
  { product: { name: 'Keyboard DEF', sku: 'KB67890', price_cents: 5_950 }, quantity: 500 },
  { product: { name: 'Gadget XYZ', sku: 'GG12345', price_cents: 575 }, quantity: 2 },
  { product: { name: '27-inch Screen WYZ', sku: 'SC27289', price_cents: 29_975 }, quantity: 90 },
] as const

/** How much was added. */
export interface Seeded {
  readonly users: number
  readonly products: number
}

/** What was added, in words; undefined if nothing was. */
export function describeSeeded({ users, products }: Seeded): string | undefined {
  return users + products === 0 ? undefined : `${users} users and ${products} products of the seed data`
}

/**
 * Loads the lab's data through the same commands as everybody's, each once for ever: a second run, or a run that goes on after one that
 * was killed, adds only what is missing, and nothing comes back that was deleted. An address or a SKU that somebody has is left to them.
 */
export async function seed({ events }: Pick<Store, 'events'>): Promise<Seeded> {
  const addOnce = async <Answer>(route: string, key: string, command: Command<Answer>) => {
    const once = { caller: 'seed', route, key, content: key, keep: 'forever' } as const
    return events.execute(command, { once }).catch(undefinedIfMoot)
  }
  let [users, products] = [0, 0]
  for (const user of seedUsers) {
    const added = await addOnce('users', user.email, createUser(user))
    if (added?.repeated === false) users++
  }
  for (const { product, quantity } of seedProducts) {
    const added = await addOnce('products', product.sku, createProduct(product))
    if (added === undefined) continue
    if (!added.repeated) products++
    await addOnce('stocks', product.sku, setStock(added.answer.product_id, quantity))
  }
  return { users, products }
}

/** Somebody has it already, or has deleted it meanwhile. */
function undefinedIfMoot(error: unknown): undefined {
  const { EMAIL_TAKEN, SKU_TAKEN, PRODUCT_NOT_FOUND } = shopErrors
  if (![EMAIL_TAKEN, SKU_TAKEN, PRODUCT_NOT_FOUND].some((kind) => isMagasinError(error, kind))) throw error
}

/** For a start: seeds a store in which nothing has ever happened, or whose seeding was interrupted. */
export async function seedIfNew(store: Store): Promise<Seeded> {
  const { reader } = store.database
  const event = await reader.selectFrom('events').select('event_id').limit(1).executeTakeFirst()
  const began = await reader
    .selectFrom('remembered_answers')
    .select('route')
    .where('caller', '=', 'seed')
    .limit(1)
    .executeTakeFirst()
  return event === undefined || began !== undefined ? seed(store) : { users: 0, products: 0 }
}
