import type { OrderTask } from './order-task.ts'
import { newUser } from './user-rows.ts'

/** Who orders what, as the benchmarks send it. */
export interface OrderPlan {
  readonly user_id: number
  /** One for each product, in the order of the products. */
  readonly lines: readonly { readonly product_id: number; readonly quantity: number }[]
}

/** What each order has: any products, or product 1 and any others. */
export const orderKinds = ['any', 'hot'] as const
export type OrderKind = (typeof orderKinds)[number]

/** Of each product: more than all orders of a run take. */
export const unitsThere = 100_000_000

const linesOfOrder = 3
const mostUnits = 5

/** What a shop is filled with. */
export const newCustomer = newUser
export const newProduct = (id: number) => ({
  name: `Gadget of sort ${id}`,
  sku: `GG-${10_000 + id}`,
  price_cents: 499 + id,
})

/** The orders of a task with its warm-up: the same each time, so that all sides are asked the same. Ids begin with 1. */
export function planOrders({ orders, warmup, kind, goods }: OrderTask): readonly OrderPlan[] {
  const draw = drawNumbers()
  return Array.from({ length: warmup + orders }, () => {
    const products = new Set(kind === 'hot' ? [1] : [])
    while (products.size < linesOfOrder) products.add(draw(goods))
    const lines = [...products].toSorted((a, b) => a - b)
    return { user_id: draw(goods), lines: lines.map((product_id) => ({ product_id, quantity: draw(mostUnits) })) }
  })
}

/** Whole numbers from 1 to what is asked for: a linear congruential generator (Numerical Recipes), the same numbers each time. */
function drawNumbers(): (most: number) => number {
  let state = 1
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return 1 + Math.floor((state / 2 ** 32) * most)
  }
}
