import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventPlace } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import type { ReadModelStatus, ReadModelStore } from '../read-model-store.ts'
import { CatchUp } from './catch-up.ts'
import {
  followGeneration,
  isOfAnotherLog,
  type FaultListener,
  type Following,
  type ProjectorSource,
} from './follow-generation.ts'

/** Why read models are built anew. */
export type BuildReason = 'there are none' | 'they are defined anew' | 'it was asked for' | 'the log is another'

export interface ProjectorOptions extends ProjectorSource {
  readonly store: ReadModelStore
  readonly listener: ProjectorListener
}

/** Who watches a projector. Faults of the store as a whole are those at `null`. */
export interface ProjectorListener extends FaultListener {
  onBuildBegun(generation: number, why: BuildReason): void
  onBuilt(generation: number, events: number): void
}

/** Keeps read models at the end of the log. */
export interface Projector {
  /** Resolves once readers have something to read, or the store or the log has a fault. */
  readonly ready: Promise<void>
  /** Events that readers do not see yet; null while this process does not follow the log, because another one does or it cannot. */
  lag(): number | null
  /** Stops, and lets another process go on. Idempotent. */
  stop(): Promise<void>
}

// A rebuild that was asked for, and a store that was put back, are noticed within this time.
const turnMs = 1_000
const turnOfBuildMs = 20
// Another process takes over after this time. Long, and a crash leaves the read models behind; short, and a pause makes two projectors,
// of which one finds its positions moved.
const leaseMs = 3_000
const swapWithinMs = 5_000

/**
 * Projects the log into the store until it is stopped. One process does it at a time, by the store's lease, and no fault ends it: a
 * store that is away, emptied or put back to an earlier copy is found again, and what it lacks is read from the log.
 * What has to be built anew is built into a shadow, while the current generation goes on, and swapped in when it has seen as much.
 */
export function startProjector(options: ProjectorOptions): Projector {
  const stopping = new AbortController()
  const turns = new Turns(options)
  const running = turns.run(stopping.signal)
  return {
    ready: turns.ready.promise,
    lag: () => turns.lag(),
    async stop() {
      stopping.abort()
      await running
    },
  }
}

interface Build {
  readonly following: Following
  readonly catchUp: CatchUp
}

class Turns {
  readonly ready = Promise.withResolvers<void>()
  readonly #options: ProjectorOptions
  readonly #holder = randomUUID()
  /** Follows the log into what readers see. */
  #live: Following | undefined
  #shadow: Build | undefined
  /** The current generation, if it was built from another log. */
  #foreign: number | undefined
  #hasFault = false

  constructor(options: ProjectorOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { listener, store } = this.#options
    while (!signal.aborted) {
      try {
        await this.#take()
        if (this.#hasFault) listener.onRecovery(null)
        this.#hasFault = false
      } catch (fault) {
        this.#hasFault = true
        this.ready.resolve()
        listener.onFault(fault, null)
      }
      const ms = this.#shadow === undefined || this.#hasFault ? turnMs : turnOfBuildMs
      await delay(ms, undefined, { signal }).catch(() => undefined)
    }
    this.ready.resolve()
    await this.#letGo()
    // If the store is away the lease ends by itself.
    await store.release(this.#holder).catch(() => undefined)
  }

  lag(): number | null {
    return (this.#live ?? this.#shadow?.following)?.partitions().reduce((sum, { lag }) => sum + lag, 0) ?? null
  }

  async #take(): Promise<void> {
    const { store } = this.#options
    if (!(await store.lease(this.#holder, leaseMs))) {
      // Another process has them ready, or is on it.
      this.ready.resolve()
      return this.#letGo()
    }
    const status = await store.status()
    if (status.current !== null) this.ready.resolve()
    // First, since it may have become the current one by a swap whose answer was lost.
    await this.#keepShadow(status)
    await this.#keepLive(status)
    const why = this.#reasonToBuild(status)
    if (this.#shadow === undefined && why !== undefined) await this.#begin(why)
    else if (this.#shadow !== undefined) await this.#swapWhenThere(this.#shadow)
  }

  async #letGo(): Promise<void> {
    const live = this.#live
    const shadow = this.#shadow?.following
    this.#live = this.#shadow = undefined
    await live?.stop()
    await shadow?.stop()
  }

  /** Follows the log into the current generation, from where that is now. */
  async #keepLive({ current }: ReadModelStatus): Promise<void> {
    const { models, store, listener } = this.#options
    if (this.#live !== undefined && (await isUseless(this.#live, current?.generation))) {
      if (this.#live.isForeign()) this.#foreign = this.#live.generation
      const { stop } = this.#live
      this.#live = undefined
      await stop()
    }
    if (this.#live !== undefined || current === null) return
    if (current.generation === this.#foreign || current.fingerprint !== models.fingerprint) return
    const writer = await store.current()
    if (writer?.generation !== current.generation) return
    try {
      this.#live = await followGeneration(this.#options, writer, listener)
    } catch (error) {
      if (!isOfAnotherLog(error)) throw error
      this.#foreign = current.generation
    }
  }

  async #keepShadow({ shadow }: ReadModelStatus): Promise<void> {
    const following = this.#shadow?.following
    if (following === undefined || !(await isUseless(following, shadow?.generation))) return
    this.#shadow = undefined
    await following.stop()
  }

  #reasonToBuild({ current, rebuilds }: ReadModelStatus): BuildReason | undefined {
    if (current === null) return 'there are none'
    if (current.fingerprint !== this.#options.models.fingerprint) return 'they are defined anew'
    if (current.generation === this.#foreign) return 'the log is another'
    return rebuilds.requested > rebuilds.answered ? 'it was asked for' : undefined
  }

  async #begin(why: BuildReason): Promise<void> {
    const { models, store, listener } = this.#options
    const writer = await store.begin(models.fingerprint)
    listener.onBuildBegun(writer.generation, why)
    const following = await followGeneration(this.#options, writer, listener)
    this.#shadow = { following, catchUp: new CatchUp() }
  }

  /** Nobody who has seen something in the old generation may miss it in the new one: the old one stops, and the new one sees as much. */
  async #swapWhenThere({ following, catchUp }: Build): Promise<void> {
    const { store, listener } = this.#options
    if (!catchUp.isClose(following.partitions(), performance.now())) return
    const live = this.#live
    this.#live = undefined
    await live?.stop()
    if (live !== undefined) await reached(following, await store.positions())
    await store.swap(following.generation)
    this.#live = following
    this.#shadow = undefined
    this.ready.resolve()
    listener.onBuilt(
      following.generation,
      following.partitions().reduce((sum, { seq }) => sum + seq, 0),
    )
  }
}

async function isUseless(following: Following, generation: number | undefined): Promise<boolean> {
  return following.generation !== generation || following.isForeign() || (await following.wasPutBack())
}

async function reached(following: Following, positions: readonly EventPlace[]) {
  const until = performance.now() + swapWithinMs
  const isBehind = () => {
    const seqs = new Map(following.partitions().map((at) => [placeOf(at), at.seq]))
    return positions.some((at) => (seqs.get(placeOf(at)) ?? 0) < at.seq)
  }
  while (isBehind()) {
    if (performance.now() > until)
      throw new MagasinError('READ_MODELS_BEHIND', `generation ${following.generation} does not reach the current one`)
    await delay(10)
  }
}
