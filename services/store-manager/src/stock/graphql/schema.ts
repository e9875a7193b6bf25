import type { Document, PageRequest, ReadModelReader } from '@magasin/read-models/read-model-store'
import { InputError } from '@magasin/service-kit/input-error'
import { amountOf } from '@magasin/shop-contracts/money'
import { buildSchema } from 'graphql'
import type { StockedProduct } from '../stocked-products.ts'
import { pageSizes } from './limits.ts'

/** What a supplier may ask. */
export const stockSchema = buildSchema(`
  type Query {
    "The product with this id, or null."
    product(id: String!): Product
    "How many of a product can be sold; null for an unknown product."
    stockLevel(productId: String!): Int
    "Products of which at most this many can be sold, by quantity, then by id."
    lowStock(threshold: Int!, "1 to ${pageSizes.most}" first: Int! = ${pageSizes.usual}, "The next of the page before" after: String): LowStock
  }
  type Product { id: String! name: String! sku: String! price: Float! quantity: Int! }
  type LowStock { items: [Product!]! "Send it as after for the next page; null on the last." next: String }
`)

interface LowStockArguments {
  readonly threshold: number
  readonly first: number
  readonly after?: string | null
}

/** The answers to the fields of `Query`, from the read models. */
export function stockAnswers(reader: ReadModelReader) {
  const find = async (text: string): Promise<StockedProduct | undefined> => {
    const id = idOf(text)
    const found = id === undefined ? undefined : await reader.document('product', id)
    return found && productIn(found)
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
      if (first < 1 || first > pageSizes.most)
        throw new InputError([{ field: 'first', message: `must be 1 to ${pageSizes.most}` }])
      const key = keyOf(after)
      const request = { upTo: threshold, atMost: first + 1, ...(key === undefined ? {} : { after: key }) }
      const found = (await reader.pageOf('by_available', request)).map(productIn)
      const page = found.slice(0, first)
      const last = page.at(-1)
      return { items: page.map(shown), next: found.length > first && last ? `${last.quantity}-${last.id}` : null }
    },
  }
}

/** What nobody counted yet cannot be sold. */
function productIn({ key, fields }: Document): StockedProduct {
  const { available = 0, ...product } = fields as Omit<StockedProduct, 'id' | 'quantity'> & {
    readonly available?: number
  }
  return { id: key, ...product, quantity: available }
}

function shown({ id, name, sku, price_cents, quantity }: StockedProduct) {
  return { id: String(id), name, sku, price: amountOf(price_cents), quantity }
}

const idOf = (text: string): number | undefined => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined)

function keyOf(after: string | null | undefined): PageRequest['after'] {
  if (after === undefined || after === null) return undefined
  const [, quantity, id] = /^(\d{1,15})-(\d{1,15})$/.exec(after) ?? []
  if (quantity === undefined) throw new InputError([{ field: 'after', message: 'is not the next of a page' }])
  return { value: Number(quantity), key: Number(id) }
}
