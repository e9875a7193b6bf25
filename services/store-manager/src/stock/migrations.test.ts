import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { startStore } from '../testing/start-store.ts'

const places = [
  { engine: 'SQLite', skip: false, placeOf: (t: TestContext) => ({ dataDir: temporaryFolder(t) }) },
  { engine: 'MySQL', skip: skipWithoutMysql, placeOf: (t: TestContext) => ({ database: mysqlDatabase(t) }) },
] as const

for (const { engine, skip, placeOf } of places)
  test(
    `products from before each had a row of stock get one on ${engine}, and the others keep theirs`,
    { skip },
    async (t) => {
      const place = placeOf(t)
      const { createProduct, store, send, stop } = await startStore(t, place)
      const counted = await createProduct({ quantity: 7 })
      await send('POST /products', { body: { name: 'Uncounted', sku: 'UN', price: 1 } })
      await store.database.transaction(async (tx) => {
        await tx.deleteFrom('stock').where('product_id', '!=', counted).execute()
        await sql`delete from migrations_stock where name = '0002-stock-of-every-product'`.execute(tx)
      })
      await stop()
      const { body } = await (await startStore(t, place)).send('GET /stocks')
      assert.deepEqual(body['stocks'], [
        { product_id: counted, quantity: 7 },
        { product_id: counted + 1, quantity: 0 },
      ])
    },
  )
