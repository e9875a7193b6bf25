import type { ReadModels } from './define-read-models.ts'

/** Throws TypeError for a ranking that is not declared: an empty answer would hide a mistyped name. */
export function checkRanking({ name, rankings }: ReadModels, ranking: string): void {
  if (!rankings.has(ranking)) throw new TypeError(`${name} has no ranking ${ranking}`)
}

/** The kind of document that an index orders. Throws TypeError for an index that is not declared. */
export function documentOf({ name, indexes }: ReadModels, index: string): string {
  const found = indexes.get(index)
  if (found === undefined) throw new TypeError(`${name} has no index ${index}`)
  return found.document
}
