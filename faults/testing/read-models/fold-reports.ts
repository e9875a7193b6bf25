import type { Document, Ranked } from '@magasin/read-models/read-model-store'
import type { OrderData } from '@magasin/shop-contracts/families/orders'
import { orderIn, type HistoryLine } from '../orders/evidence.ts'

/** What read models must answer. */
export interface FoldedReports {
  readonly spent: readonly Ranked[]
  readonly sold: readonly Ranked[]
  readonly products: readonly Document[]
}

/**
 * Computes the read models from a whole history in another way than the projections do: it sums the orders that count at the end, and
 * counts units itself where the projections believe what an event says is available.
 */
export function foldReports(history: readonly HistoryLine[]): FoldedReports {
  const orders = new Map<number, OrderData>()
  const products = new Map<number, Document['fields']>()
  const available = new Map<number, number>()
  for (const line of inOrder(history)) {
    const { event } = line
    const [id, product, quantity] = [line['id'], line['product_id'], line['quantity']].map(Number) as Numbers
    if (event === 'OrderPlaced') orders.set(id, orderIn(line))
    if (event === 'OrderCancelled') orders.delete(id)
    if (event === 'ProductCreated') products.set(id, describe(line))
    if (event === 'ProductDeleted') products.delete(id)
    if (event === 'StockSet') available.set(product, quantity)
    if (event === 'StockReserved') available.set(product, (available.get(product) ?? 0) - quantity)
    if (event === 'StockReleased') available.set(product, (available.get(product) ?? 0) + quantity)
  }
  const counted = [...orders.values()]
  return {
    spent: rank(counted.map(({ user_id, total_cents }) => [user_id, total_cents])),
    sold: rank(
      counted.flatMap(({ items }) => items.map(({ product_id, quantity }) => [product_id, quantity] as const)),
    ),
    products: [...products].map(([key, fields]) => {
      const left = available.get(key)
      return { key, fields: left === undefined ? fields : { ...fields, available: left } }
    }),
  }
}

type Numbers = [number, number, number]

const inOrder = (history: readonly HistoryLine[]) =>
  history.toSorted((a, b) => a.command_no - b.command_no || a.command_index - b.command_index)

const describe = (line: HistoryLine): Document['fields'] => ({
  name: String(line['name']),
  sku: String(line['sku']),
  price_cents: Number(line['price_cents']),
})

/** The most first, among equals the lowest number; who has nothing is not there. */
function rank(amounts: readonly (readonly [number, number])[]): readonly Ranked[] {
  const scores = new Map<number, number>()
  for (const [member, amount] of amounts) scores.set(member, (scores.get(member) ?? 0) + amount)
  return [...scores]
    .filter(([, score]) => score !== 0)
    .map(([member, score]) => ({ member, score }))
    .toSorted((a, b) => b.score - a.score || a.member - b.member)
}
