import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef } from '@magasin/event-log/event-log'
import type { ReadModelReader } from './read-model-store.ts'

/** An event of a partition, by its seq. */
export type SeenUpTo = PartitionRef & { readonly seq: number }

// A projection takes some milliseconds; a store that is asked by many who wait is asked less often by each.
const leastPauseMs = 5
const mostPauseMs = 100

/**
 * Resolves when the current generation has seen these events. Whoever reads afterwards sees them, also if a new generation was swapped
 * in meanwhile: it has seen as much. Rejects with READ_MODELS_BEHIND, or READ_MODELS_NOT_READY, after `withinMs`, and at once if the
 * reader does not answer.
 */
export async function waitUntilSeen(
  reader: Pick<ReadModelReader, 'positions'>,
  events: readonly SeenUpTo[],
  withinMs: number,
): Promise<void> {
  const until = performance.now() + withinMs
  for (let pause = leastPauseMs; events.length > 0; pause = Math.min(2 * pause, mostPauseMs)) {
    const missing = await whyUnseen(reader, events)
    if (missing === undefined) return
    if (performance.now() + pause > until) throw missing
    await delay(pause)
  }
}

async function whyUnseen(
  reader: Pick<ReadModelReader, 'positions'>,
  events: readonly SeenUpTo[],
): Promise<MagasinError | undefined> {
  try {
    if (hasSeen(await reader.positions(), events)) return undefined
    return new MagasinError('READ_MODELS_BEHIND', 'the read models have not seen that yet')
  } catch (error) {
    if (isMagasinError(error, 'READ_MODELS_NOT_READY')) return error
    throw error
  }
}

function hasSeen(positions: readonly SeenUpTo[], events: readonly SeenUpTo[]): boolean {
  const seqs = new Map(positions.map(({ topic, partition, seq }) => [`${topic}/${partition}`, seq]))
  return events.every(({ topic, partition, seq }) => (seqs.get(`${topic}/${partition}`) ?? 0) >= seq)
}
