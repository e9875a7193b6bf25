import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { engines } from '../testing/engines.ts'

const path = '/stocks/reports/overview-stocks'

for (const { engine, skip, start } of engines)
  describe(`the overview of the stock on ${engine}`, { skip }, () => {
    test('has the lab’s four columns of every product, also of one that nobody counted', async (t) => {
      const { send, createProduct } = await start(t)
      await createProduct({ name: 'Laptop ABC', sku: 'LP12567', price: 1999.99, quantity: 1000 })
      await send('POST /products', { body: { name: 'Keyboard DEF', sku: 'KB67890', price: 59.5 } })
      const { status, body, headers } = await send(`GET ${path}`)
      assert.equal(status, 200)
      assert.deepEqual(body, [
        { Article: 'Laptop ABC', 'Numéro SKU': 'LP12567', 'Prix unitaire': 1999.99, 'Unités en stock': 1000 },
        { Article: 'Keyboard DEF', 'Numéro SKU': 'KB67890', 'Prix unitaire': 59.5, 'Unités en stock': 0 },
      ])
      assert.equal(headers.get('link'), null)
    })

    test('leads from page to page by its links, and the last page leads nowhere', async (t) => {
      const { send, url, createProduct } = await start(t)
      for (const sku of ['A', 'B', 'C', 'D', 'E']) await createProduct({ sku })
      const pages: string[][] = []
      for (let next: string | undefined = '?limit=2'; next !== undefined;) {
        const { pathname, search }: URL = new URL(next, url + path)
        const { body, headers } = await send(`GET ${pathname}${search}`)
        pages.push((body as unknown as { 'Numéro SKU': string }[]).map((row) => row['Numéro SKU']))
        next = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
      }
      assert.deepEqual(pages, [['A', 'B'], ['C', 'D'], ['E']])
    })
  })
