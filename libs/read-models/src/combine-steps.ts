import type { Cell, DocumentStep, Step } from './step.ts'

/** The steps of a batch with one addition for each member and one merge for each document: what an adapter sends. */
export interface CombinedSteps {
  /** Ranking, then member; no addition is 0. */
  readonly additions: ReadonlyMap<string, ReadonlyMap<number, number>>
  /** Document, then key; a later field wins, and `null` takes it away. */
  readonly merges: ReadonlyMap<string, ReadonlyMap<number, DocumentStep['set']>>
}

/** Combines steps in their order. A store that carries out the result is where it would be after each step by itself. */
export function combineSteps(steps: readonly Step[]): CombinedSteps {
  const additions = new Map<string, Map<number, number>>()
  const merges = new Map<string, Map<number, Record<string, Cell | null>>>()
  for (const step of steps) {
    if ('ranking' in step) {
      const members = within(additions, step.ranking)
      const sum = within53Bits((members.get(step.member) ?? 0) + step.add)
      if (sum === 0) members.delete(step.member)
      else members.set(step.member, sum)
    } else {
      const documents = within(merges, step.document)
      documents.set(step.key, { ...documents.get(step.key), ...step.set })
    }
  }
  return { additions, merges }
}

const most = Number.MAX_SAFE_INTEGER
const within53Bits = (sum: number): number => Math.max(-most, Math.min(most, sum))

function within<T>(maps: Map<string, Map<number, T>>, name: string): Map<number, T> {
  const found = maps.get(name) ?? new Map<number, T>()
  maps.set(name, found)
  return found
}
