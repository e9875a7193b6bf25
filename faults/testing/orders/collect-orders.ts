import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { centsOf } from '@magasin/shop-contracts/money'
import type { Endpoint } from '../api.ts'
import { runMagasin } from '../run-magasin.ts'
import type { ShopSite } from '../shop-site.ts'
import type { AcknowledgedCommand, HistoryLine, ShownStore } from './evidence.ts'

/** What the API answers now. */
export async function readShown(endpoint: Endpoint): Promise<ShownStore> {
  return {
    users: await listAll(endpoint, 'users'),
    products: await listAll(endpoint, 'products'),
    stocks: await listAll(endpoint, 'stocks'),
    orders: await listAll(endpoint, 'orders'),
  }
}

/** The commands that the first start of a shop gave itself, if nobody has given it any. */
export function seedCommands({ users, products, stocks }: ShownStore): readonly AcknowledgedCommand[] {
  return [
    ...users.map(({ id }) => ({ event: 'UserCreated' as const, id })),
    ...products.map(({ id, price }) => ({ event: 'ProductCreated' as const, id, price_cents: centsOf(price)! })),
    ...stocks.map(({ product_id, quantity }) => ({ event: 'StockSet' as const, product_id, quantity })),
  ]
}

/** The history of the whole store, as the real command line exports it. */
export async function exportWholeHistory(site: Pick<ShopSite, 'folder' | 'env'>): Promise<readonly HistoryLine[]> {
  const file = join(site.folder, 'history.json')
  const { code, stderr } = await runMagasin(site, ['history', 'export', '--all', '--out', file])
  assert.equal(code, 0, stderr)
  return JSON.parse(readFileSync(file, 'utf8')) as HistoryLine[]
}

/** Every row of a list of the API, page by page. */
async function listAll<Row>({ url, token }: Endpoint, name: keyof ShownStore): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let after: number | null = 0; after !== null;) {
    const headers = { authorization: `Bearer ${token}` }
    const response: Response = await fetch(`${url}/${name}?limit=200&after=${after}`, { headers })
    const page = (await response.json()) as Record<string, unknown>
    assert.equal(response.status, 200, JSON.stringify(page))
    rows.push(...(page[name] as Row[]))
    after = page['next'] as number | null
  }
  return rows
}
