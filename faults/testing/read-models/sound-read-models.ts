import type { HistoryLine } from '../orders/evidence.ts'
import type { ReadModelsEvidence } from './evidence.ts'

interface Ranked {
  member: number
  score: number
}

interface Product {
  key: number
  fields: Record<string, string | number>
}

/** Evidence that a test may spoil. */
export interface SpoilableReadModels {
  history: Record<string, unknown>[]
  spent: Ranked[]
  sold: Ranked[]
  products: Product[]
  stock: Product[]
  highestSpenders: Ranked[]
  bestSellers: Ranked[]
}

/** The evidence as the checker takes it. */
export const evidenceOf = (spoilable: SpoilableReadModels): ReadModelsEvidence => {
  const { history, highestSpenders, bestSellers, ...rest } = spoilable
  return { history: history as HistoryLine[], answered: { ...rest, reports: { highestSpenders, bestSellers } } }
}

const order = (id: number, user_id: number, units: readonly (readonly [number, number])[]) => ({
  id,
  user_id,
  items: units.map(([product_id, quantity]) => ({ product_id, quantity, unit_price_cents: 100 })),
  total_cents: units.reduce((sum, [, quantity]) => sum + 100 * quantity, 0),
})
const stock = (event: string, product_id: number, quantity: number) => ({ event, product_id, quantity })
const product = (id: number) => ({ name: `Product ${id}`, sku: `P${id}`, price_cents: 100 })

/**
 * Users 1 and 2 ordered for 300 each, user 3 for 100, what user 4 ordered was cancelled. Of products 1 and 2 three units each were
 * ordered, of product 3 one; product 4 is gone, product 5 was never counted.
 */
export function soundReadModels(): SpoilableReadModels {
  const [first, second, third, fourth] = [
    order(1, 1, [
      [1, 2],
      [2, 1],
    ]),
    order(2, 2, [
      [1, 1],
      [2, 2],
    ]),
    order(3, 3, [[3, 1]]),
    order(4, 4, [[3, 5]]),
  ] as const
  const commands: readonly (readonly object[])[] = [
    ...[1, 2, 3, 4, 5].map((id) => [{ event: 'ProductCreated', id, ...product(id) }]),
    ...[1, 2, 3, 4].map((id) => [stock('StockSet', id, 10)]),
    [{ event: 'OrderPlaced', ...first }, stock('StockReserved', 1, 2), stock('StockReserved', 2, 1)],
    [{ event: 'OrderPlaced', ...second }, stock('StockReserved', 1, 1), stock('StockReserved', 2, 2)],
    [{ event: 'OrderPlaced', ...third }, stock('StockReserved', 3, 1)],
    [{ event: 'OrderPlaced', ...fourth }, stock('StockReserved', 3, 5)],
    [{ event: 'OrderPaid', ...second }],
    [{ event: 'OrderCancelled', ...fourth }, stock('StockReleased', 3, 5)],
    [{ event: 'ProductDeleted', id: 4, ...product(4) }],
  ]
  const ranking =
    (...scores: readonly (readonly [number, number])[]) =>
    () =>
      scores.map(([member, score]) => ({ member, score }))
  const spent = ranking([1, 300], [2, 300], [3, 100])
  const sold = ranking([1, 3], [2, 3], [3, 1])
  const left = (key: number, available: number): Product => ({ key, fields: { ...product(key), available } })
  const uncounted = (): Product => ({ key: 5, fields: product(5) })
  return {
    history: commands.flatMap((events, i) =>
      events.map((event, command_index) => ({ ...event, command_no: i + 1, command_index })),
    ),
    spent: spent(),
    sold: sold(),
    products: [left(1, 7), left(2, 7), left(3, 9), uncounted()],
    stock: [uncounted(), left(1, 7), left(2, 7), left(3, 9)],
    highestSpenders: spent(),
    bestSellers: sold(),
  }
}
