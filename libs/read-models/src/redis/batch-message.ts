import { placeOf } from '@magasin/event-log/place'
import { combineSteps } from '../combine-steps.ts'
import type { ReadModels } from '../define-read-models.ts'
import type { Batch } from '../read-model-store.ts'
import type { DocumentStep } from '../step.ts'
import { positionTextOf, sortableOf, textOf } from './texts.ts'

/** A batch as the script `apply` takes it: texts only. Scores are kept negative, so that the highest comes first. */
export function batchMessage(models: ReadModels, { moves, steps }: Batch): string {
  const { additions, merges } = combineSteps(steps)
  return JSON.stringify({
    moves: moves.map(({ from, to, ...at }) => [
      placeOf(at),
      from === null ? '' : positionTextOf(from),
      positionTextOf(to),
    ]),
    additions: [...additions].map(([ranking, members]) => [
      ranking,
      [...members].flatMap(([member, add]) => [sortableOf(member), String(-add)]),
    ]),
    merges: [...merges].map(([document, byKey]) => ({
      document,
      requires: models.documents.get(document)?.requires ?? [],
      indexes: indexesOf(models, document),
      documents: [...byKey].map(([key, set]) => [sortableOf(key), textsOf(set)]),
    })),
  })
}

/** The empty text takes a field away. */
const textsOf = (set: DocumentStep['set']) =>
  Object.fromEntries(Object.entries(set).map(([field, cell]) => [field, cell === null ? '' : textOf(cell)]))

function indexesOf({ indexes }: ReadModels, document: string) {
  const own = [...indexes].filter(([, index]) => index.document === document)
  return own.map(([name, { field, absent }]) => [name, field, ...(absent === null ? [] : [textOf(absent)])])
}
