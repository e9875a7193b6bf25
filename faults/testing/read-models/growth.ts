import type { Ranked } from '@magasin/read-models/read-model-store'

/** Watches a ranking of a store in which only orders are placed: what it showed once must be there later, and no less. */
export class Growth {
  readonly wrong: string[] = []
  readonly #scores = new Map<number, number>()

  /** Takes what the ranking shows now; the answer to a question that was asked after the last. */
  see(ranking: readonly Ranked[]): void {
    const found = new Map(ranking.map(({ member, score }) => [member, score]))
    for (const [member, before] of this.#scores) {
      const score = found.get(member)
      if (score === undefined) this.wrong.push(`${member} with ${before} is missing`)
      else if (score < before) this.wrong.push(`${member} fell from ${before} to ${score}`)
    }
    for (const [member, score] of found) this.#scores.set(member, score)
  }
}
