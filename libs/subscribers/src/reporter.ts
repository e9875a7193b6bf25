import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef } from '@magasin/event-log/event-log'

/** Where something happened: which subscription, and in which partition; null if it concerns the subscription as a whole. */
export interface SubscriberFacts {
  readonly group: string
  readonly topic: string | null
  readonly partition: number | null
}

/** What somebody who watches a subscriber is told. */
export interface SubscriberObserver {
  /** So many events are dealt with, and that is durable: effect and position, or only the position if they were passed over. */
  handled(count: number, facts: SubscriberFacts): void
  /** A try failed and another will follow. */
  retried(error: unknown, facts: SubscriberFacts & { readonly tries: number }): void
  /** An event is parked: for a reason, or (null) after another of its stream. */
  parked(record: EventRecord, reason: MagasinError | null, facts: SubscriberFacts): void
  /** An effect takes long: its stream waits for it, and all others go on unless too many are slow. */
  slow(record: EventRecord, facts: SubscriberFacts): void
  /** Parked events of a stream were delivered again, so many of them to the end. */
  redriven(stream: string, count: number, facts: SubscriberFacts): void
  /** A partition cannot go on by itself. */
  alarm(alarm: MagasinError, facts: SubscriberFacts): void
}

/** Something that cannot go on at present, with the code of the error (INTERNAL if it is not ours). */
export interface Failing extends SubscriberFacts {
  /** The stream, if others of its partition go on. */
  readonly stream: string | null
  readonly code: string
}

type Where = (PartitionRef & { readonly stream?: string }) | null

/** Tells the observer of one subscription what happens, and keeps what cannot go on at present. */
export class Reporter {
  readonly #group: string
  readonly #observer: SubscriberObserver
  readonly #stopping: AbortSignal
  readonly #failing = new Map<string, Failing>()

  constructor(options: {
    readonly group: string
    readonly observer: SubscriberObserver
    readonly stopping: AbortSignal
  }) {
    this.#group = options.group
    this.#observer = options.observer
    this.#stopping = options.stopping
  }

  failing(): readonly Failing[] {
    return [...this.#failing.values()]
  }

  failed(error: unknown, at: Where, tries: number): void {
    if (this.#stopping.aborted || isMagasinError(error, 'POSITION_MOVED')) return
    this.#fails(at, isMagasinError(error) ? error.code : 'INTERNAL')
    this.#observer.retried(error, { ...this.#factsOf(at), tries })
  }

  alarm(alarm: MagasinError, at: PartitionRef): void {
    this.#fails(at, alarm.code)
    this.#observer.alarm(alarm, this.#factsOf(at))
  }

  recovered(at: Where): void {
    this.#failing.delete(keyOf(at))
  }

  /** Forgets what failed in partitions that another member reads now. */
  keepOnly(isOurs: (at: PartitionRef) => boolean): void {
    for (const [key, { topic, partition }] of this.#failing)
      if (topic !== null && partition !== null && !isOurs({ topic, partition })) this.#failing.delete(key)
  }

  handled(count: number, at: PartitionRef): void {
    if (count > 0) this.#observer.handled(count, this.#factsOf(at))
  }

  parked(record: EventRecord, reason: MagasinError | null): void {
    this.#observer.parked(record, reason, this.#factsOf(record))
  }

  slow(record: EventRecord): void {
    this.#fails(record, 'HANDLER_SLOW')
    this.#observer.slow(record, this.#factsOf(record))
  }

  redriven(at: PartitionRef & { readonly stream: string }, count: number): void {
    this.#observer.redriven(at.stream, count, this.#factsOf(at))
  }

  #fails(at: Where, code: string): void {
    this.#failing.set(keyOf(at), { ...this.#factsOf(at), stream: at?.stream ?? null, code })
  }

  #factsOf(at: PartitionRef | null): SubscriberFacts {
    return { group: this.#group, topic: at?.topic ?? null, partition: at?.partition ?? null }
  }
}

function keyOf(at: Where): string {
  return at === null ? '' : `${at.topic}/${at.partition}/${at.stream ?? ''}`
}
