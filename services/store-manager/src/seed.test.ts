import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { createUser } from './users/create-user.ts'
import { deleteUser } from './users/delete-user.ts'
import { openStore, type Store } from './open-store.ts'
import { listProducts } from './products/queries.ts'
import { listStock } from './stock/queries.ts'
import { listUsers } from './users/queries.ts'
import { createProduct } from './products/create-product.ts'
import { seed, seedIfNew } from './seed.ts'

async function newStore(t: TestContext): Promise<Store> {
  const store = await openStore({ dataDir: temporaryFolder(t) })
  t.after(() => store.close())
  return store
}

async function namesIn({ database }: Store): Promise<readonly string[]> {
  return (await listUsers(database.reader, { after: 0, limit: 200 })).rows.map(({ name }) => name)
}

const everything = { users: 5, products: 4 }
const nothing = { users: 0, products: 0 }
const everyone = ['Ada Lovelace', 'Adele Goldberg', 'Alan Turing', 'Jane Doe', 'Da Boss']

describe('the seed data', () => {
  test('is the lab’s users and products, each an event like everyone’s', async (t) => {
    const store = await newStore(t)
    assert.deepEqual(await seed(store), everything)
    assert.deepEqual(await namesIn(store), everyone)
    const [event] = await store.events.readStream('user-5')
    assert.deepEqual((JSON.parse(event!.value) as { user_type_id: unknown }).user_type_id, 3)
    const { rows } = await listProducts(store.database.reader, { after: 0, limit: 10 })
    const levels = (await listStock(store.database.reader, { after: 0, limit: 10 })).rows
    assert.deepEqual(
      rows.map(({ sku, price_cents }, i) => [sku, price_cents, levels[i]!.quantity]),
      [
        ['LP12567', 199_999, 1000],
        ['KB67890', 5_950, 500],
        ['GG12345', 575, 2],
        ['SC27289', 29_975, 90],
      ],
    )
  })

  test('loaded twice adds nothing', async (t) => {
    const store = await newStore(t)
    await seed(store)
    assert.deepEqual(await seed(store), nothing)
    assert.deepEqual(await namesIn(store), everyone)
  })

  test('loaded by two at once is there once', async (t) => {
    const store = await newStore(t)
    const added = await Promise.all([seed(store), seed(store)])
    assert.deepEqual([added[0].users + added[1].users, added[0].products + added[1].products], [5, 4])
    assert.equal((await namesIn(store)).length, 5)
  })

  test('whose loading was interrupted goes on where it stopped', async (t) => {
    const dataDir = temporaryFolder(t)
    const first = await openStore({ dataDir })
    // It takes no more commands once the first is done.
    first.events.onCommit(() => void first.events.close())
    await assert.rejects(seed(first), { code: 'STOPPING' })
    assert.deepEqual(await namesIn(first), everyone.slice(0, 1))
    await first.close()

    const second = await openStore({ dataDir })
    t.after(() => second.close())
    assert.deepEqual(await seedIfNew(second), { users: 4, products: 4 })
    assert.deepEqual(await namesIn(second), everyone)
  })

  test('brings nobody back who was deleted', async (t) => {
    const store = await newStore(t)
    await seed(store)
    await store.events.execute(deleteUser(1))
    assert.deepEqual(await seed(store), nothing)
    assert.deepEqual(await seedIfNew(store), nothing)
    assert.deepEqual(await namesIn(store), everyone.slice(1))
  })

  test('does not come into a shop that has users of its own, unless it is asked for', async (t) => {
    const store = await newStore(t)
    const grace = { id: 1_000, name: 'Grace Hopper', email: 'grace@example.com', user_type_id: 1 } as const
    await store.events.execute(createUser(grace))
    assert.deepEqual(await seedIfNew(store), nothing)
    assert.deepEqual(await namesIn(store), ['Grace Hopper'])
    assert.deepEqual(await seed(store), everything)
  })

  test('leaves an address and a SKU to who has them', async (t) => {
    const store = await newStore(t)
    await store.events.execute(createUser({ name: 'Jane', email: 'JDoe@magasinducoin.ca', user_type_id: 1 }))
    await store.events.execute(createProduct({ name: 'Ours', sku: 'gg12345', price_cents: 1 }))
    assert.deepEqual(await seed(store), { users: 4, products: 3 })
    assert.deepEqual(await seed(store), nothing)
  })
})
