import type { DomainEvent } from '@magasin/contracts/event-record'
import type { ReadModels } from './define-read-models.ts'
import type { Cell, Step } from './step.ts'

/**
 * What an event does to the read models; nothing if they do not know its type. Throws TypeError for a step that no store could carry
 * out exactly: what it does not declare, and numbers that are not whole.
 */
export function stepsOf(models: ReadModels, { type, data }: DomainEvent): readonly Step[] {
  const steps = models.projections.get(type)?.(data) ?? []
  for (const step of steps)
    if (!isSound(models, step)) throw new TypeError(`${models.name}: ${type} makes a wrong step`)
  return steps
}

function isSound({ rankings, documents }: ReadModels, step: Step): boolean {
  if ('ranking' in step)
    return rankings.has(step.ranking) && Number.isSafeInteger(step.member) && Number.isSafeInteger(step.add)
  return documents.has(step.document) && Number.isSafeInteger(step.key) && Object.values(step.set).every(isCell)
}

const isCell = (value: Cell | null) => typeof value !== 'number' || Number.isSafeInteger(value)
