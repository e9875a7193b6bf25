import assert from 'node:assert/strict'
import type { Command } from '@magasin/event-store/command'
import { openStore, type Store } from '@magasin/store-manager/open-store'
import { placeOrder } from '@magasin/store-manager/orders/place-order'
import { createProduct } from '@magasin/store-manager/products/create-product'
import { setStock } from '@magasin/store-manager/stock/set-stock'
import { createUser } from '@magasin/store-manager/users/create-user'
import { placeOf } from './library-path.ts'
import { newCustomer, newProduct, unitsThere, type OrderPlan } from './order-plans.ts'
import type { OrderTask } from './order-task.ts'

/** The shop's store, into which orders go without HTTP. */
export interface OrderShop {
  /** Resolves when the store acknowledges the order. */
  order(plan: OrderPlan): Promise<unknown>
  close(): Promise<void>
}

type Goods = Pick<OrderTask, 'dataDir' | 'database' | 'goods'>

// As many as share a commit of the store.
const together = 200

/** Opens a new store with users, products, and stock of each: what planned orders name. */
export async function openOrderShop({ dataDir, database, goods }: Goods): Promise<OrderShop> {
  const store = await openStore(placeOf({ dataDir, mysql: database }))
  const users = await record(store, goods, (id) => createUser(newCustomer(id)))
  const products = await record(store, goods, (id) => createProduct(newProduct(id)))
  await record(store, goods, (id) => setStock(id, unitsThere))
  assert.deepEqual(
    [...users.map(({ user_id }) => user_id), ...products.map(({ product_id }) => product_id)],
    [...idsTo(goods), ...idsTo(goods)],
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
