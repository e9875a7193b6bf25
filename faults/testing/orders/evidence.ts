import type { OrderData } from '@magasin/shop-contracts/families/orders'

/** What was acknowledged, by the event that must follow from it. */
export type AcknowledgedCommand =
  | {
      readonly event: 'UserCreated' | 'UserDeleted' | 'ProductDeleted' | 'OrderPaid' | 'OrderCancelled'
      readonly id: number
    }
  | { readonly event: 'ProductCreated'; readonly id: number; readonly price_cents: number }
  | { readonly event: 'StockSet'; readonly product_id: number; readonly quantity: number }
  | { readonly event: 'OrderPlaced'; readonly id: number; readonly user_id: number; readonly lines: readonly Line[] }

/** So many units of a product. */
export interface Line {
  readonly product_id: number
  readonly quantity: number
}

/** An event of the exported history: its own fields, and where it stands. */
export type HistoryLine = Readonly<Record<string, unknown>> & {
  readonly event: string
  readonly command_no: number
  readonly command_index: number
}

/** An order as the API shows it. */
export interface ShownOrder {
  readonly id: number
  readonly user_id: number
  readonly status: string
  readonly total_amount: number
}

/** What the API answers about a store that nobody writes. */
export interface ShownStore {
  readonly users: readonly { readonly id: number }[]
  readonly products: readonly { readonly id: number; readonly price: number }[]
  readonly stocks: readonly Line[]
  readonly orders: readonly ShownOrder[]
}

/** What clients were told, the exported history, and what the API answers. */
export interface OrdersEvidence {
  readonly acknowledged: readonly AcknowledgedCommand[]
  readonly history: readonly HistoryLine[]
  readonly shown: ShownStore
}

/** The order in an event of one. */
export const orderIn = (line: HistoryLine): OrderData => line as unknown as OrderData

/** Lines as text, in the order of the products: equal texts are equal lines. */
export const textOf = (lines: readonly Line[]): string =>
  lines
    .toSorted((a, b) => a.product_id - b.product_id)
    .map(({ product_id, quantity }) => `${quantity} of product ${product_id}`)
    .join(', ')

/** One line a product. */
export function summedLines(lines: readonly Line[]): readonly Line[] {
  const products = Map.groupBy(lines, ({ product_id }) => product_id)
  return [...products].map(([product_id, same]) => ({
    product_id,
    quantity: same.reduce((sum, { quantity }) => sum + quantity, 0),
  }))
}
