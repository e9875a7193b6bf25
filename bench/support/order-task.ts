import type { OrderKind } from './order-plans.ts'

/** What one process measures: on a new store, so many orders after a warm-up. It has it as JSON, its only argument. */
export interface OrderTask {
  readonly dataDir: string
  /** `mysql://user@host:port/name`; without it, the store is in the data folder. */
  readonly database?: string | undefined
  readonly kind: OrderKind
  /** How many users, and how many products, orders are drawn from. */
  readonly goods: number
  readonly orders: number
  readonly warmup: number
  /** How many at once. */
  readonly clients: number
  /** By the bare driver, whether it takes the numbers of events from the counters, or makes them. */
  readonly isCounted?: boolean
}

export const readTask = (): OrderTask => JSON.parse(process.argv[2] ?? '') as OrderTask
