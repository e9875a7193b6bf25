import { combineSteps } from '../combine-steps.ts'
import type { ReadModels } from '../define-read-models.ts'
import type { Batch } from '../read-model-store.ts'
import type { RecordStep } from '../step.ts'
import { placeOf, positionTextOf, sortableOf, textOf } from './texts.ts'

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
    merges: [...merges].map(([record, byKey]) => ({
      record,
      requires: models.records.get(record)?.requires ?? [],
      indexes: indexesOf(models, record),
      records: [...byKey].map(([key, set]) => [sortableOf(key), textsOf(set)]),
    })),
  })
}

/** The empty text takes a field away. */
const textsOf = (set: RecordStep['set']) =>
  Object.fromEntries(Object.entries(set).map(([field, cell]) => [field, cell === null ? '' : textOf(cell)]))

function indexesOf({ indexes }: ReadModels, record: string) {
  const own = [...indexes].filter(([, index]) => index.record === record)
  return own.map(([name, { field, absent }]) => [name, field, ...(absent === null ? [] : [textOf(absent)])])
}
