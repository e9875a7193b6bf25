import type { AcknowledgedCommand, HistoryLine, OrdersEvidence, ShownOrder } from './evidence.ts'

/** Evidence that a test may spoil. */
export interface SpoilableStore {
  acknowledged: AcknowledgedCommand[]
  history: Record<string, unknown>[]
  users: { id: number }[]
  products: { id: number; price: number }[]
  stocks: { product_id: number; quantity: number }[]
  orders: { -readonly [Field in keyof ShownOrder]: ShownOrder[Field] }[]
}

/** The evidence as the checker takes it. */
export const evidenceOf = ({ acknowledged, history, ...shown }: SpoilableStore): OrdersEvidence => ({
  acknowledged,
  history: history as HistoryLine[],
  shown,
})

const item = (product_id: number, quantity: number) => ({ product_id, quantity, unit_price_cents: product_id * 100 })
const order = (id: number, items: readonly ReturnType<typeof item>[]) => ({
  id,
  user_id: 1,
  items,
  total_cents: items.reduce((sum, { quantity, unit_price_cents }) => sum + quantity * unit_price_cents, 0),
})
const moved = (
  order_id: number,
  product_id: number,
  numbers: { readonly quantity: number; readonly available: number },
) => ({
  product_id,
  order_id,
  ...numbers,
})

const orders = [order(1, [item(1, 2), item(2, 1)]), order(2, [item(1, 3)]), order(3, [item(2, 4)])] as const

/** Of ten each of products 1 and 2, order 1 is open, order 2 was paid, order 3 was cancelled. User 2 and product 3 were deleted. */
export function soundStore(): SpoilableStore {
  const commands: readonly (readonly object[])[] = [
    [{ event: 'UserCreated', id: 1 }],
    [{ event: 'UserCreated', id: 2 }],
    ...[1, 2, 3].map((id) => [{ event: 'ProductCreated', id, price_cents: id * 100 }]),
    [{ event: 'StockSet', product_id: 1, quantity: 10 }],
    [{ event: 'StockSet', product_id: 2, quantity: 10 }],
    [
      { event: 'OrderPlaced', ...orders[0] },
      { event: 'StockReserved', ...moved(1, 1, { quantity: 2, available: 8 }) },
      { event: 'StockReserved', ...moved(1, 2, { quantity: 1, available: 9 }) },
    ],
    [
      { event: 'OrderPlaced', ...orders[1] },
      { event: 'StockReserved', ...moved(2, 1, { quantity: 3, available: 5 }) },
    ],
    [
      { event: 'OrderPlaced', ...orders[2] },
      { event: 'StockReserved', ...moved(3, 2, { quantity: 4, available: 5 }) },
    ],
    [{ event: 'OrderPaid', ...orders[1] }],
    [
      { event: 'OrderCancelled', ...orders[2] },
      { event: 'StockReleased', ...moved(3, 2, { quantity: 4, available: 9 }) },
    ],
    [{ event: 'UserDeleted', id: 2 }],
    [{ event: 'ProductDeleted', id: 3 }],
  ]
  const history = commands.flatMap((events, i) =>
    events.map((event, command_index): Record<string, unknown> => ({ ...event, command_no: i + 1, command_index })),
  )
  const lines = (id: number) => orders[id - 1]!.items.map(({ product_id, quantity }) => ({ product_id, quantity }))
  const acknowledged = commands.map(([event]): AcknowledgedCommand => {
    const first = event as AcknowledgedCommand
    return first.event === 'OrderPlaced' ? { ...first, lines: lines(first.id) } : first
  })
  return {
    acknowledged,
    history,
    users: [{ id: 1 }],
    products: [
      { id: 1, price: 1 },
      { id: 2, price: 2 },
    ],
    stocks: [
      { product_id: 1, quantity: 5 },
      { product_id: 2, quantity: 9 },
    ],
    orders: [
      { id: 1, user_id: 1, status: 'placed', total_amount: 4 },
      { id: 2, user_id: 1, status: 'paid', total_amount: 3 },
      { id: 3, user_id: 1, status: 'cancelled', total_amount: 8 },
    ],
  }
}
