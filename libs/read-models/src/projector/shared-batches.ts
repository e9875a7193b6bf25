import { setImmediate, setTimeout as delay } from 'node:timers/promises'
import type { Batch, GenerationWriter } from '../read-model-store.ts'

interface Waiting extends Batch {
  readonly done: PromiseWithResolvers<void>
}

// More, and a batch keeps the thread of an embedded store, or all of Redis, for long.
const mostSteps = 2_000
// The next one is prepared while a store works on the first.
const mostAtOnce = 2
// A single order is shown at once. When many come, what comes within this time shares a batch: each costs a transaction of its own.
const restMs = 10
const fewSteps = 20

/**
 * Has the batches of partitions that come together carried out as one: an order makes events in several, and each batch costs a
 * transaction, or a round trip. Batches in flight at the same time are of different partitions, since each partition waits for its own.
 */
export class SharedBatches {
  readonly #writer: Pick<GenerationWriter, 'apply'>
  readonly #pause: () => Promise<unknown>
  #waiting: Waiting[] = []
  #running = 0
  #isResting = false

  constructor(writer: Pick<GenerationWriter, 'apply'>, rest: () => Promise<unknown> = () => delay(restMs)) {
    this.#writer = writer
    this.#pause = rest
  }

  /** Resolves when the batch is carried out; rejects as `apply`, if only because of one that it was joined with. */
  apply(batch: Batch): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#waiting.push({ ...batch, done })
    if (this.#running < mostAtOnce && !this.#isResting) void this.#run()
    return done.promise
  }

  async #run(): Promise<void> {
    this.#running++
    // Whatever else is delivered in this turn joins.
    await setImmediate()
    for (let taken = this.#take(); taken.length > 0; taken = this.#take()) {
      await this.#applyAll(taken)
      const steps = countSteps(taken)
      // A build has full batches, and does not rest.
      if (steps > fewSteps && steps < mostSteps / 2) await this.#rest()
    }
    this.#running--
  }

  async #rest(): Promise<void> {
    this.#isResting = true
    await this.#pause()
    this.#isResting = false
  }

  #take(): readonly Waiting[] {
    let steps = 0
    const end = this.#waiting.findIndex((batch) => (steps += batch.steps.length) > mostSteps)
    // One that is too large goes alone.
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
  }

  async #applyAll(batches: readonly Waiting[]): Promise<void> {
    try {
      await this.#writer.apply({
        moves: batches.flatMap(({ moves }) => moves),
        steps: batches.flatMap(({ steps }) => steps),
      })
      for (const { done } of batches) done.resolve()
    } catch (error) {
      for (const { done } of batches) done.reject(error)
    }
  }
}

const countSteps = (batches: readonly Batch[]): number => batches.reduce((sum, { steps }) => sum + steps.length, 0)
