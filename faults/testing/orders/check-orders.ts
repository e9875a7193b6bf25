import { amountOf } from '@magasin/shop-contracts/money'
import { checkAcknowledged } from './check-acknowledged.ts'
import { checkMoves } from './check-moves.ts'
import type { OrdersEvidence, ShownStore } from './evidence.ts'
import { FoldedStore } from './folded-store.ts'

/**
 * What is wrong with a store that sells: its history is folded, command by command, and must be one that can be; it holds what was
 * acknowledged, once, and nothing else; the API answers what the history says. Sentences name numbers, never a person.
 */
export function checkOrders({ acknowledged, history, shown }: OrdersEvidence): readonly string[] {
  const inOrder = history.toSorted((a, b) => a.command_no - b.command_no || a.command_index - b.command_index)
  const commands = [...Map.groupBy(inOrder, ({ command_no }) => command_no)]
  const store = new FoldedStore()
  for (const line of inOrder) store.apply(line)
  return [
    ...commands.flatMap(([number], i) =>
      number === i + 1 ? [] : [`history: command ${number} stands where ${i + 1} is next`],
    ),
    ...commands.flatMap(([, lines]) => checkMoves(lines)),
    ...store.wrong,
    ...checkAcknowledged(acknowledged, history),
    ...checkShown(store, shown),
  ]
}

function checkShown(store: FoldedStore, shown: ShownStore): readonly string[] {
  const { users, products, stock, orders } = store
  return [
    ...compare('user', { folded: [...users].map((id) => [id, '']), shown: shown.users.map(({ id }) => [id, '']) }),
    ...compare('product', {
      folded: [...products].map(([id, cents]) => [id, amountOf(cents)]),
      shown: shown.products.map(({ id, price }) => [id, price]),
    }),
    ...compare('stock of product', {
      // The API shows a product that was never counted as one with nothing left.
      folded: [...products.keys()].map((id) => [id, stock.get(id)?.available ?? 0]),
      shown: shown.stocks.map(({ product_id, quantity }) => [product_id, quantity]),
    }),
    ...compare('order', {
      folded: [...orders].map(([id, { status, order }]) => [
        id,
        `${status}, ${amountOf(order.total_cents)}, of user ${order.user_id}`,
      ]),
      shown: shown.orders.map(({ id, status, total_amount, user_id }) => [
        id,
        `${status}, ${total_amount}, of user ${user_id}`,
      ]),
    }),
  ]
}

type Facts = readonly (readonly [number, string | number])[]

function compare(what: string, sides: { readonly folded: Facts; readonly shown: Facts }): readonly string[] {
  const [folded, shown] = [new Map(sides.folded), new Map(sides.shown)]
  const repeats = sides.shown.length - shown.size
  return [
    ...(repeats === 0 ? [] : [`api: ${repeats} of ${what} are shown twice`]),
    ...[...new Set([...folded.keys(), ...shown.keys()])]
      .filter((id) => folded.get(id) !== shown.get(id))
      .map(
        (id) =>
          `api: ${what} ${id} is "${shown.get(id) ?? 'missing'}", by the history "${folded.get(id) ?? 'missing'}"`,
      ),
  ]
}
