import type { ReadModels } from './define-read-models.ts'

/** Throws TypeError for a ranking that is not declared: an empty answer would hide a mistyped name. */
export function checkRanking({ name, rankings }: ReadModels, ranking: string): void {
  if (!rankings.has(ranking)) throw new TypeError(`${name} has no ranking ${ranking}`)
}
