import { amountOf } from '@magasin/shop-contracts/money'
import { buildSchema } from 'graphql'
import type { Kysely } from 'kysely'
import { InputError } from '@magasin/service-kit/input-error'
import type { StoreTables } from '../../tables.ts'
import { findStocked, type StockedProduct } from '../stocked-products.ts'
import { listLowStock, type LowStockKey } from './low-stock.ts'

/** What a supplier may ask. */
export const stockSchema = buildSchema(`
  type Query {
    "The product with this id, or null."
    product(id: String!): Product
    "How many of a product can be sold; null for an unknown product."
    stockLevel(productId: String!): Int
    "Products of which at most this many can be sold, by quantity, then by id."
    lowStock(threshold: Int!, "1 to 200" first: Int! = 50, "The next of the page before" after: String): LowStock
  }
  type Product { id: String! name: String! sku: String! price: Float! quantity: Int! }
  type LowStock { items: [Product!]! "Send it as after for the next page; null on the last." next: String }
`)

interface LowStockArguments {
  readonly threshold: number
  readonly first: number
  readonly after?: string | null
}

/** The answers to the fields of `Query`, from the tables as they are now. */
export function stockAnswers(reader: Kysely<StoreTables>) {
  const find = async (text: string) => {
    const id = idOf(text)
    return id === undefined ? undefined : findStocked(reader, id)
  }
  return {
    async product({ id }: { readonly id: string }) {
      const found = await find(id)
      return found === undefined ? null : shown(found)
    },
    async stockLevel({ productId }: { readonly productId: string }) {
      return (await find(productId))?.quantity ?? null
    },
    async lowStock({ threshold, first, after }: LowStockArguments) {
      if (first < 1 || first > 200) throw new InputError([{ field: 'first', message: 'must be 1 to 200' }])
      const rows = await listLowStock(reader, { threshold, after: keyOf(after), limit: first + 1 })
      const page = rows.slice(0, first)
      const last = page.at(-1)
      return { items: page.map(shown), next: rows.length > first && last ? `${last.quantity}-${last.id}` : null }
    },
  }
}

function shown({ id, name, sku, price_cents, quantity }: StockedProduct) {
  return { id: String(id), name, sku, price: amountOf(price_cents), quantity }
}

const idOf = (text: string): number | undefined => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined)

function keyOf(after: string | null | undefined): LowStockKey {
  if (after === undefined || after === null) return { quantity: -1, id: 0 }
  const [, quantity, id] = /^(\d{1,15})-(\d{1,15})$/.exec(after) ?? []
  if (quantity === undefined) throw new InputError([{ field: 'after', message: 'is not the next of a page' }])
  return { quantity: Number(quantity), id: Number(id) }
}
