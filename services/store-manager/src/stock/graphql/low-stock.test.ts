import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { engines } from '../../testing/engines.ts'
import type { StockedProduct } from '../stocked-products.ts'
import { listLowStock, lowStockQueries } from './low-stock.ts'

/** How each engine tells the steps of a plan, and what such a step says that uses the index, or that sorts or reads a whole table. */
const plans = {
  SQLite: { plan: sql`query plan`, byIndex: /USING (COVERING )?INDEX stock_available/, costly: /SCAN|TEMP B-TREE/ },
  MySQL: { plan: undefined, byIndex: /"range".*"stock_available"/, costly: /"ALL"|filesort|temporary/ },
}

/** More than any page; half of them can be sold 0 times. */
const count = 3000

for (const { engine, skip, start } of engines)
  describe(`low stock on ${engine}`, { skip }, () => {
    test('is read page by page along its index, never from all products', async (t) => {
      const { database } = (await start(t)).store
      const { plan, byIndex, costly } = plans[engine]
      const ids = Array.from({ length: count }, (_, i) => i + 1)
      await database.transaction(async (tx) => {
        for (let i = 0; i < count; i += 500) {
          const page = ids.slice(i, i + 500)
          const products = page.map((id) => ({ id, name: 'x', sku: `s${id}`, sku_key: `s${id}`, price_cents: 1 }))
          await tx.insertInto('products').values(products).execute()
          const stock = page.map((product_id) => ({ product_id, available: product_id % 2 && product_id, reserved: 0 }))
          await tx.insertInto('stock').values(stock).execute()
        }
      })
      const expected = [...ids.filter((id) => id % 2 === 0), ...ids.filter((id) => id % 2 === 1 && id <= 2500)]
      const seen: StockedProduct[] = []
      let after = { quantity: -1, id: 0 }
      for (;;) {
        const request = { threshold: 2500, after, limit: 200 }
        for (const query of lowStockQueries(database.reader, request)) {
          const steps = JSON.stringify(await query.explain(undefined, plan))
          assert.match(steps, byIndex)
          assert.doesNotMatch(steps, costly)
        }
        const rows = await listLowStock(database.reader, request)
        seen.push(...rows)
        const last = rows.at(-1)
        if (last === undefined) break
        after = last
      }
      assert.deepEqual(
        seen.map(({ id }) => id),
        expected,
      )
    })
  })
