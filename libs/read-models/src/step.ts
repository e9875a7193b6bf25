/** What a field of a document holds. Numbers are whole, so that both adapters keep them exactly. */
export type Cell = string | number

/** Adds a whole number to the score of a member. A member whose score is 0 leaves the ranking. Additions commute. */
export interface RankingStep {
  readonly ranking: string
  readonly member: number
  readonly add: number
}

/**
 * Merges fields into a document; `null` takes a field away, and a document without fields is gone. There is no step that removes a whole
 * document: topics have no order among each other, so what a later event of another topic sets would bring half of it back.
 * Steps commute between topics as long as each field is set by events of one topic only.
 */
export interface DocumentStep {
  readonly document: string
  readonly key: number
  readonly set: Readonly<Record<string, Cell | null>>
}

export type Step = RankingStep | DocumentStep
