import { orderIn, textOf, type HistoryLine, type Line } from './evidence.ts'

/** Which stock event goes with which event of an order. */
const moves = { OrderPlaced: 'StockReserved', OrderCancelled: 'StockReleased' } as const

/** What is wrong with the events of one command: an order takes or gives back its lines exactly, and nobody else does. */
export function checkMoves(command: readonly HistoryLine[]): readonly string[] {
  return Object.entries(moves).flatMap(([ofOrder, ofStock]) => {
    const orders = new Map(command.filter(({ event }) => event === ofOrder).map((line) => [orderIn(line).id, line]))
    const moved = Map.groupBy(
      command.filter(({ event }) => event === ofStock),
      (line) => Number(line['order_id']),
    )
    return [...new Set([...orders.keys(), ...moved.keys()])].flatMap((id) => {
      const order = orders.get(id)
      const found = textOf((moved.get(id) ?? []) as unknown as readonly Line[])
      if (order === undefined) return [`stock: ${ofStock} of order ${id} (${found}) without its ${ofOrder}`]
      const asked = textOf(orderIn(order).items)
      return asked === found
        ? []
        : [`stock: ${ofOrder} of order ${id} has ${ofStock} of "${found}" instead of "${asked}"`]
    })
  })
}
