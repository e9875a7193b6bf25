import type { Lookup, StateView } from '@magasin/event-store/command'
import { stock } from '../stock/table.ts'
import { itemsOf, orders } from './table.ts'

/** What a decision about an order reads that moves its stock: the order, then the stock of its lines. */
export function orderWithStock(id: number): (soFar: StateView) => readonly Lookup[] {
  return (soFar) => {
    const row = soFar.find(orders, { id })
    const lines = row === undefined ? [] : itemsOf(row)
    return [
      { table: orders, where: { id } },
      ...lines.map(({ product_id }) => ({ table: stock, where: { product_id } })),
    ]
  }
}
