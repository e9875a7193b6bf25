import { centsOf } from '@magasin/shop-contracts/money'
import type { HttpAnswer, HttpCommand } from '../api.ts'
import type { Random } from '../random.ts'
import type { AcknowledgedCommand } from './evidence.ts'
import type { World } from './world.ts'

/** A command, and what must follow from it if it succeeds. */
export interface ExpectingCommand {
  readonly command: HttpCommand
  effectOf(answer: HttpAnswer): AcknowledgedCommand
}

export interface CommandSource {
  readonly random: Random
  readonly world: World
  /** No other command has it. */
  readonly key: string
}

type Make = (source: CommandSource) => ExpectingCommand

export const createUser: Make = ({ world, key }) => ({
  command: { method: 'POST', path: '/users', body: { name: 'Ada Lovelace', email: `${key}@example.com` }, key },
  effectOf: ({ body }) => ({ event: 'UserCreated', id: remember(world.users, body['user_id']) }),
})

export const createProduct: Make = ({ random, world, key }) => {
  const price = random.between(0, 20_000) / 100
  return {
    command: { method: 'POST', path: '/products', body: { name: 'Gadget XYZ', sku: key, price }, key },
    effectOf: ({ body }) => ({
      event: 'ProductCreated',
      id: remember(world.products, body['product_id']),
      price_cents: centsOf(price)!,
    }),
  }
}

export const setStock: Make = ({ random, world, key }) => {
  const body = { product_id: world.pick(world.products), quantity: random.between(0, 30) }
  return {
    command: { method: 'POST', path: '/stocks', body, key },
    effectOf: () => ({ event: 'StockSet', ...body }),
  }
}

export const placeOrder: Make = ({ random, world, key }) => {
  const user_id = world.pick(world.users)
  const lines = Array.from({ length: random.between(1, 4) }, () => ({
    product_id: world.pick(world.products),
    quantity: random.between(1, 4),
  }))
  return {
    command: { method: 'POST', path: '/orders', body: { user_id, items: lines }, key },
    effectOf: ({ body }) => ({ event: 'OrderPlaced', id: remember(world.orders, body['order_id']), user_id, lines }),
  }
}

const payOrder: Make = ({ world, key }) => {
  const id = world.pick(world.orders)
  return {
    command: { method: 'PUT', path: '/orders', body: { order_id: id, is_paid: true }, key },
    effectOf: () => ({ event: 'OrderPaid', id }),
  }
}

const cancelOrder: Make = ({ world, key }) => {
  const id = world.pick(world.orders)
  return {
    command: { method: 'DELETE', path: `/orders/${id}`, key },
    effectOf: () => ({ event: 'OrderCancelled', id }),
  }
}

const deleteUser: Make = ({ world, key }) => {
  const id = world.pick(world.users)
  return {
    command: { method: 'DELETE', path: `/users/${id}`, key },
    effectOf: () => ({ event: 'UserDeleted', id }),
  }
}

const deleteProduct: Make = ({ world, key }) => {
  const id = world.pick(world.products)
  return {
    command: { method: 'DELETE', path: `/products/${id}`, key },
    effectOf: () => ({ event: 'ProductDeleted', id }),
  }
}

// How often of all: mostly orders and what becomes of them.
const makes: readonly (readonly [number, Make])[] = [
  [40, placeOrder],
  [15, payOrder],
  [15, cancelOrder],
  [16, setStock],
  [4, createUser],
  [4, createProduct],
  [3, deleteUser],
  [3, deleteProduct],
]

/** A command by chance. */
export const randomCommand: Make = (source) => {
  let left = source.random.between(1, 100)
  const [, make] = makes.find(([share]) => (left -= share) <= 0)!
  return make(source)
}

function remember(ids: number[], id: unknown): number {
  ids.push(Number(id))
  return Number(id)
}
