import type { OrderData } from '@magasin/shop-contracts/families/orders'
import { orderIn, textOf, type HistoryLine } from './evidence.ts'

/** What a product has: sellable, and held by open orders. */
interface Units {
  readonly available: number
  readonly reserved: number
}

/** A store as the events of its history make it, with all in them that cannot be. */
export class FoldedStore {
  readonly users = new Set<number>()
  readonly products = new Map<number, number>()
  readonly stock = new Map<number, Units>()
  readonly orders = new Map<number, { readonly status: string; readonly order: OrderData }>()
  readonly wrong: string[] = []

  /** Applies one event. */
  apply(line: HistoryLine): void {
    const id = Number(line['id'])
    if (line.event === 'UserCreated') this.users.add(id)
    else if (line.event === 'UserDeleted') this.#deleteUser(id)
    else if (line.event === 'ProductCreated') this.products.set(id, Number(line['price_cents']))
    else if (line.event === 'ProductDeleted') this.#deleteProduct(id)
    else if (line.event === 'OrderPlaced') this.#place(orderIn(line))
    else if (line.event === 'OrderPaid') this.#end(orderIn(line), 'paid')
    else if (line.event === 'OrderCancelled') this.#end(orderIn(line), 'cancelled')
    else this.#moveStock(line)
  }

  #deleteUser(id: number): void {
    if (!this.users.delete(id)) this.wrong.push(`users: user ${id} is deleted and was not there`)
    for (const { status, order } of this.orders.values())
      if (status === 'placed' && order.user_id === id)
        this.wrong.push(`users: user ${id} is deleted while order ${order.id} is open`)
  }

  #deleteProduct(id: number): void {
    if (!this.products.delete(id)) this.wrong.push(`products: product ${id} is deleted and was not there`)
    for (const { status, order } of this.orders.values())
      if (status === 'placed' && order.items.some((item) => item.product_id === id))
        this.wrong.push(`products: product ${id} is deleted while order ${order.id} is open`)
    this.stock.delete(id)
  }

  #place(order: OrderData): void {
    const { id, user_id, items, total_cents } = order
    if (this.orders.has(id)) this.wrong.push(`orders: order ${id} is placed twice`)
    if (!this.users.has(user_id)) this.wrong.push(`orders: order ${id} is of user ${user_id}, who is not there`)
    for (const { product_id, unit_price_cents } of items) {
      const price = this.products.get(product_id)
      if (price === undefined) this.wrong.push(`orders: order ${id} has product ${product_id}, which is not there`)
      else if (price !== unit_price_cents)
        this.wrong.push(`orders: order ${id} has product ${product_id} for ${unit_price_cents} instead of ${price}`)
    }
    const sum = items.reduce((total, { quantity, unit_price_cents }) => total + quantity * unit_price_cents, 0)
    if (sum !== total_cents) this.wrong.push(`orders: order ${id} has a total of ${total_cents} instead of ${sum}`)
    this.orders.set(id, { status: 'placed', order })
  }

  #end(order: OrderData, status: 'paid' | 'cancelled'): void {
    const before = this.orders.get(order.id)
    if (before?.status !== 'placed')
      this.wrong.push(`orders: order ${order.id} is ${status} and was ${before?.status ?? 'never placed'}`)
    if (
      before !== undefined &&
      (textOf(before.order.items) !== textOf(order.items) || before.order.total_cents !== order.total_cents)
    )
      this.wrong.push(`orders: order ${order.id} is ${status} as another than was placed`)
    this.orders.set(order.id, { status, order })
    if (status === 'paid')
      for (const { product_id, quantity } of order.items) this.#move(product_id, { available: 0, reserved: -quantity })
  }

  #moveStock(line: HistoryLine): void {
    const [product_id, quantity] = [Number(line['product_id']), Number(line['quantity'])]
    if (!this.products.has(product_id)) this.wrong.push(`stock: product ${product_id} has stock and is not there`)
    if (line.event === 'StockSet') {
      this.stock.set(product_id, { available: quantity, reserved: this.stock.get(product_id)?.reserved ?? 0 })
      return
    }
    const taken = line.event === 'StockReserved' ? quantity : -quantity
    const { available, reserved } = this.#move(product_id, { available: -taken, reserved: taken })
    const name = `stock: product ${product_id} at command ${line.command_no}`
    if (available < 0) this.wrong.push(`${name} is oversold by ${-available}`)
    if (reserved < 0) this.wrong.push(`${name} has given back ${-reserved} too many`)
    if (line['available'] !== available)
      this.wrong.push(`${name} says ${String(line['available'])} available instead of ${available}`)
  }

  #move(product_id: number, by: Units): Units {
    const { available, reserved } = this.stock.get(product_id) ?? { available: 0, reserved: 0 }
    const moved = { available: available + by.available, reserved: reserved + by.reserved }
    this.stock.set(product_id, moved)
    return moved
  }
}
