import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef } from '@magasin/event-log/event-log'
import type { ReadModelReader } from './read-model-store.ts'

/** An event of a partition, by its seq. */
export type SeenUpTo = PartitionRef & { readonly seq: number }

// A projection takes some milliseconds; a store that is asked by many who wait is asked less often by each.
const leastPauseMs = 5
const mostPauseMs = 100

/**
 * Resolves when the current generation has seen these events. Whoever reads afterwards sees them, also if a new generation was swapped
 * in meanwhile: it has seen as much. Rejects with READ_MODELS_BEHIND after `withinMs`, and as the reader does.
 */
export async function waitUntilSeen(
  reader: Pick<ReadModelReader, 'positions'>,
  events: readonly SeenUpTo[],
  withinMs: number,
): Promise<void> {
  const until = performance.now() + withinMs
  for (let pause = leastPauseMs; ; pause = Math.min(2 * pause, mostPauseMs)) {
    if (events.length === 0 || hasSeen(await reader.positions(), events)) return
    if (performance.now() + pause > until)
      throw new MagasinError('READ_MODELS_BEHIND', `the read models have not seen that yet, after ${withinMs} ms`)
    await delay(pause)
  }
}

function hasSeen(positions: readonly SeenUpTo[], events: readonly SeenUpTo[]): boolean {
  const seqs = new Map(positions.map(({ topic, partition, seq }) => [`${topic}/${partition}`, seq]))
  return events.every(({ topic, partition, seq }) => (seqs.get(`${topic}/${partition}`) ?? 0) >= seq)
}
