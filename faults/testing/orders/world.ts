import type { Random } from '../random.ts'

/** What clients know of a shop: what they may ask for next, whether it is still there or not. */
export class World {
  readonly users: number[] = []
  readonly products: number[] = []
  readonly orders: number[] = []
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** One of those: mostly of the last few, about which others are asking, too. */
  pick(ids: readonly number[]): number {
    const least = this.#random.between(1, 4) === 1 ? 0 : Math.max(0, ids.length - recent)
    return ids[this.#random.between(least, ids.length - 1)] ?? 1
  }
}

const recent = 8
