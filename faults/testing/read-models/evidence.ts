import type { Document, Ranked } from '@magasin/read-models/read-model-store'
import type { HistoryLine } from '../orders/evidence.ts'

/** What read models answer about a store that nobody writes. */
export interface AnsweredReadModels {
  /** Users by the cents that they ordered for, in full. */
  readonly spent: readonly Ranked[]
  /** Products by the units that were ordered, in full. */
  readonly sold: readonly Ranked[]
  /** Each product by itself. */
  readonly products: readonly Document[]
  /** The products by what is left of them, page after page. */
  readonly stock: readonly Document[]
  /** What the API answers. */
  readonly reports: { readonly highestSpenders: readonly Ranked[]; readonly bestSellers: readonly Ranked[] }
}

/** The history of the store, and what was projected from it. */
export interface ReadModelsEvidence {
  readonly history: readonly HistoryLine[]
  readonly answered: AnsweredReadModels
}
