import type { EventRecord } from '@magasin/contracts/event-record'

/** The events whose effects this member has under way, as it knows itself: a row that names it may be older than what it does. */
export class EffectsUnderWay {
  readonly #work = new Map<string, Promise<unknown>>()

  has(record: EventRecord): boolean {
    return this.#work.has(keyOf(record))
  }

  /** Resolves when the effect of the event is under way no more. */
  async ended(record: EventRecord): Promise<void> {
    while (this.has(record)) await this.#work.get(keyOf(record))
  }

  /** Runs work during which the effect of the event counts as under way; from now on, without a pause. */
  during<T>(record: EventRecord, work: () => Promise<T>): Promise<T> {
    const key = keyOf(record)
    const result = Promise.try(work)
    const all = Promise.allSettled([this.#work.get(key), result])
    this.#work.set(key, all)
    void all.then(() => this.#work.get(key) === all && this.#work.delete(key))
    return result
  }
}

const keyOf = ({ topic, partition, seq }: EventRecord): string => `${topic}/${partition}/${seq}`
