/**
 * Money is whole cents wherever it is kept or computed with: sums of them are exact. Only what people and the lab's clients read and
 * write is in decimals.
 */
export type Cents = number

/** The largest price: 1 000 000.00. An order of a hundred lines of ten thousand such things is still a whole number for JavaScript. */
export const maxPriceCents: Cents = 100_000_000

/** The largest total of an order: 10 000 000.00. Millions of them are still a whole number for JavaScript, in every report. */
export const maxTotalCents: Cents = 1_000_000_000

/** The cents of a decimal amount such as 59.5; undefined if it has more than two decimals. Exact up to ten billion. */
export function centsOf(amount: number): Cents | undefined {
  const cents = Math.round(amount * 100) + 0
  return amountOf(cents) === amount ? cents : undefined
}

/** The decimal amount: the number that is nearest, which is written with two decimals at most. */
export function amountOf(cents: Cents): number {
  return cents / 100
}
