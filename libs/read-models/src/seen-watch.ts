import { setTimeout as delay } from 'node:timers/promises'
import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'
import type { EventPlace } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import type { ReadModelReader } from './read-model-store.ts'

/** An event of a partition, by its seq. */

interface Waiting {
  readonly events: readonly EventPlace[]
  readonly until: number
  readonly done: PromiseWithResolvers<void>
}

// A projection takes some milliseconds.
const pauseMs = 10
/** Each holds a request: more than a service has under way when all is well. */
const mostWaiting = 1_000

/** Waits for what callers have seen; one look at the positions is for all who wait. */
export class SeenWatch {
  readonly #reader: Pick<ReadModelReader, 'positions'>
  readonly #waiting = new Set<Waiting>()
  #looking = false

  constructor(reader: Pick<ReadModelReader, 'positions'>) {
    this.#reader = reader
  }

  /** Whether the current generation has seen these events now. Rejects as the reader does, but is false before the first build. */
  async hasSeen(events: readonly EventPlace[]): Promise<boolean> {
    const why = whyUnseen(await this.#look(), events)
    if (why !== undefined && !isNotThere(why)) throw why
    return why === undefined
  }

  /**
   * Resolves when the current generation has seen these events. Whoever reads afterwards sees them, also if a new generation was swapped
   * in meanwhile: it has seen as much. Rejects with READ_MODELS_BEHIND, or READ_MODELS_NOT_READY, after `withinMs`, at once if the reader
   * does not answer, with OVERLOADED if too many wait, and with the reason of the signal.
   */
  async until(events: readonly EventPlace[], withinMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#waiting.size >= mostWaiting)
      throw new MagasinError('OVERLOADED', 'too many wait for the read models: ask without the token, or later')
    const waiting = { events, until: performance.now() + withinMs, done: Promise.withResolvers<void>() }
    const giveUp = () => waiting.done.reject(signal?.reason)
    signal?.addEventListener('abort', giveUp, { once: true })
    this.#waiting.add(waiting)
    if (!this.#looking) void this.#lookForAll()
    try {
      await waiting.done.promise
    } finally {
      this.#waiting.delete(waiting)
      signal?.removeEventListener('abort', giveUp)
    }
  }

  async #lookForAll(): Promise<void> {
    this.#looking = true
    while (this.#waiting.size > 0) {
      const seen = await this.#look()
      for (const { events, until, done } of this.#waiting) {
        const why = whyUnseen(seen, events)
        if (why === undefined) done.resolve()
        else if (!isNotThere(why) || performance.now() > until) done.reject(why)
      }
      await delay(pauseMs)
    }
    this.#looking = false
  }

  /** The positions by partition, or why there are none. */
  async #look(): Promise<ReadonlyMap<string, number> | MagasinError> {
    try {
      const positions = await this.#reader.positions()
      return new Map(positions.map((at) => [placeOf(at), at.seq]))
    } catch (error) {
      return isMagasinError(error)
        ? error
        : new MagasinError('INTERNAL', 'the positions of the read models cannot be read', { cause: error })
    }
  }
}

function whyUnseen(
  seen: ReadonlyMap<string, number> | MagasinError,
  events: readonly EventPlace[],
): MagasinError | undefined {
  if (seen instanceof MagasinError) return seen
  if (events.every((at) => (seen.get(placeOf(at)) ?? 0) >= at.seq)) return undefined
  return new MagasinError('READ_MODELS_BEHIND', 'the read models have not seen that yet')
}

/** Whether waiting may help. */
const isNotThere = (why: MagasinError): boolean =>
  isMagasinError(why, 'READ_MODELS_BEHIND') || isMagasinError(why, 'READ_MODELS_NOT_READY')
