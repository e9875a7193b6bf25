import type { OrderData } from '@magasin/shop-contracts/families/orders'

const lines = 3

/** The order with this number: three lines of goods that differ, of a customer, both drawn evenly and the same in every run. */
export function orderOf(
  id: number,
  { users, products }: { readonly users: number; readonly products: number },
): OrderData {
  const items = Array.from({ length: lines }, (_, line) => {
    const product_id = 1 + (drawn(id * lines + line) % products)
    return {
      product_id,
      name: `Gadget ${product_id}`,
      sku: `GG${product_id}`,
      quantity: 1 + line,
      unit_price_cents: 575,
    }
  })
  return {
    id,
    user_id: 1 + (drawn(-id) % users),
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    user_type_id: 1,
    locale: 'fr',
    items,
    total_cents: items.reduce((sum, { quantity, unit_price_cents }) => sum + quantity * unit_price_cents, 0),
  }
}

/** A number from a number, evenly: the finaliser of MurmurHash3. */
function drawn(from: number): number {
  let hash = from | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
