import assert from 'node:assert/strict'
import type { Command } from '@magasin/event-store/command'
import { openStore, type Store } from '@magasin/store-manager/open-store'
import { placeOrder } from '@magasin/store-manager/orders/place-order'
import { createProduct } from '@magasin/store-manager/products/create-product'
import { setStock } from '@magasin/store-manager/stock/set-stock'
import { createUser } from '@magasin/store-manager/users/create-user'
import { placeOf, type StoreLocation } from './library-path.ts'
import { newCustomer, newProduct, productsThere, unitsThere, usersThere, type OrderPlan } from './order-plans.ts'

/** The shop's store, into which orders go without HTTP. */
export interface OrderShop {
  /** Resolves when the store acknowledges the order. */
  order(plan: OrderPlan): Promise<unknown>
  close(): Promise<void>
}

// As many as share a commit of the store.
const together = 200

/** Opens a new store with users, products, and stock of each: what planned orders name. */
export async function openOrderShop(location: StoreLocation): Promise<OrderShop> {
  const store = await openStore(placeOf(location))
  const users = await record(store, usersThere, (id) => createUser(newCustomer(id)))
  const products = await record(store, productsThere, (id) => createProduct(newProduct(id)))
  await record(store, productsThere, (id) => setStock(id, unitsThere))
  assert.deepEqual(
    [...users.map(({ user_id }) => user_id), ...products.map(({ product_id }) => product_id)],
    [...idsTo(usersThere), ...idsTo(productsThere)],
    'ids begin with 1 in a new store and have no gap',
  )
  return {
    order: ({ user_id, lines }) => store.events.execute(placeOrder(user_id, lines)),
    close: () => store.close(),
  }
}

async function record<Answer>(
  { events }: Store,
  count: number,
  command: (id: number) => Command<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const ids = idsTo(count)
  for (let i = 0; i < count; i += together) {
    const executed = await Promise.all(ids.slice(i, i + together).map((id) => events.execute(command(id))))
    answers.push(...executed.map(({ answer }) => answer))
  }
  return answers
}

const idsTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)
