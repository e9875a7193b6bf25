import type { EventRecord } from '@magasin/contracts/event-record'
import { isPermanent } from '@magasin/contracts/magasin-error'
import { unlessAborted } from '@magasin/sql/unless-aborted'
import type { Transaction } from 'kysely'
import { setTimeout as delay } from 'node:timers/promises'
import type { SubscriberContext } from '../context.ts'
import type { OutsideHandler } from '../handlers/outside.ts'
import { park, parkedStreams, type Parking } from '../parking/parked-rows.ts'
import { movePosition } from '../positions.ts'
import type { SubscriberTables } from '../tables.ts'
import { backoffMs } from './backoff.ts'
import { beginEffectOf, endedWithin, type Outcome } from './effect.ts'
import { followAbort } from './follow-abort.ts'
import { reportMove, retrying } from './move.ts'
import type { OutsideSegment, ToHandle } from './plan.ts'
import { retryForEver } from './retry.ts'

/** Who goes on with an effect after the position moved past its event. */
export interface SetAside {
  readonly memberId: string
  /**
   * Resolves with whether the effect may go on there: not too many do, others can tell that this member lives, and the partition is
   * still its own.
   */
  take(record: EventRecord, aside: Aside): Promise<boolean>
}

export interface Aside {
  readonly effect: Promise<Outcome>
  /** Resolves when the event is parked, or will not be. */
  readonly written: Promise<void>
}

/** An effect that is under way, and how to let it go on when its partition is lost. */
interface UnderWay {
  readonly effect: Promise<Outcome>
  readonly outcome: Outcome | undefined
  readonly outlive: () => void
}

/** An event that is not done, and how it is parked. */
interface NotDone {
  readonly record: EventRecord
  readonly how: Omit<Parking, 'group' | 'now'>
}

type Event = ToHandle<OutsideHandler<never>>

/** Has effects outside, streams side by side, those of each in order; then moves the position past all, and parks what is not done. */
export class OutsideRun<Tables extends SubscriberTables> {
  readonly #segment: OutsideSegment
  readonly #context: SubscriberContext<Tables>
  readonly #setAside: SetAside
  readonly #signal: AbortSignal
  readonly #beginsUntil: number
  readonly #written = Promise.withResolvers<void>()
  /** Effects that went aside: until the row is there that says so, the loss of the partition asks them to end. */
  readonly #aside: UnderWay[] = []
  #done = 0

  constructor(
    segment: OutsideSegment,
    options: { readonly context: SubscriberContext<Tables>; readonly setAside: SetAside; readonly signal: AbortSignal },
  ) {
    this.#segment = segment
    this.#context = options.context
    this.#setAside = options.setAside
    this.#signal = options.signal
    // A stream of many slow events would hold up the others as long as a hanging one: what is not begun by then waits aside.
    const shortest = Math.min(...segment.events.map(({ handler }) => handler.setAsideAfterMs))
    this.#beginsUntil = performance.now() + shortest
  }

  async run(): Promise<void> {
    try {
      await this.#run()
      for (const { outlive } of this.#aside) outlive()
    } finally {
      this.#written.resolve()
    }
  }

  async #run(): Promise<void> {
    const { own, subscription } = this.#context
    const { events, to } = this.#segment
    const byStream = Map.groupBy(events, ({ record }) => record.stream)
    const query = { group: subscription.group, topic: to.topic, streams: [...byStream.keys()] }
    const parked = await retryForEver(() => parkedStreams(own.reader, query), this.#retrying())
    const running = [...byStream].map(async ([stream, ofStream]) =>
      parked.has(stream) ? ofStream.map(({ record }) => ({ record, how: {} })) : this.#runStream(ofStream),
    )
    const notDone = (await Promise.all(running)).flat()
    // Nothing happened yet, and it is the next one's.
    if (this.#signal.aborted && this.#done === 0 && !notDone.some(hasHappened)) throw this.#signal.reason
    await retryForEver(() => this.#move(notDone), this.#retrying())
    this.#report(notDone)
  }

  /** Resolves with the events of the stream that are not done. */
  async #runStream(events: readonly Event[]): Promise<readonly NotDone[]> {
    for (const [i, event] of events.entries()) {
      const isTooLate = this.#signal.aborted || (i > 0 && performance.now() >= this.#beginsUntil)
      const how = isTooLate ? { isDue: true } : await this.#runEvent(event)
      if (how === undefined) {
        this.#done++
        continue
      }
      const waiting = events.slice(i + 1).map(({ record }) => ({ record, how: { isDue: how.isDue ?? false } }))
      return [{ record: event.record, how }, ...waiting]
    }
    return []
  }

  /** Undefined if the effect is done, else how the event is parked. */
  async #runEvent(event: Event): Promise<NotDone['how'] | undefined> {
    const { effects, reporter, underWay } = this.#context
    // The partition fails, not the stream: it waits for this.
    const { topic, partition } = this.#segment.to
    // It was left alone when this member lost the partition, which has come back.
    await unlessAborted(underWay.ended(event.record), this.#signal).catch(() => undefined)
    for (let tries = 1; ; tries++) {
      const begun = await effects(async () => (this.#signal.aborted ? undefined : this.#begin(event)))
      if (begun === undefined) return { isDue: true }
      const outcome = begun.outcome ?? (await this.#outcomeOf(begun, event))
      if (outcome === 'aside') return { underWayBy: this.#setAside.memberId }
      if (outcome === 'left') return { isDue: true }
      if (outcome.isDone) return undefined
      if (isPermanent(outcome.error)) return { reason: outcome.error }
      if (this.#signal.aborted) return { isDue: true }
      reporter.failed(outcome.error, { topic, partition }, tries)
      await delay(backoffMs(tries), undefined, { signal: this.#signal }).catch(() => undefined)
      if (this.#signal.aborted) return { isDue: true }
    }
  }

  /** Begins an effect that is asked to end at a stop, and at the loss of the partition. */
  async #begin(event: Event): Promise<UnderWay> {
    const { catalogue, stopping, underWay } = this.#context
    const asking = followAbort(stopping, this.#signal)
    const begun = await beginEffectOf(event, { catalogue, signal: asking.signal })
    void underWay.during(event.record, () => begun.effect).finally(() => asking.letGo())
    return { ...begun, outlive: () => asking.letGo(this.#signal) }
  }

  /** How an effect that is slow ends; unless it goes on aside, or was asked to end and is left alone, for the next owner to do again. */
  async #outcomeOf(begun: UnderWay, { record, handler }: Event): Promise<Outcome | 'aside' | 'left'> {
    const { reporter } = this.#context
    if (this.#signal.aborted) return 'left'
    reporter.slow(record)
    const { effect } = begun
    while (!(await this.#setAside.take(record, { effect, written: this.#written.promise }))) {
      const outcome = await endedWithin(effect, handler.setAsideAfterMs, this.#signal)
      if (outcome === undefined && !this.#signal.aborted) continue
      reporter.recovered(record)
      return outcome ?? 'left'
    }
    this.#aside.push(begun)
    return 'aside'
  }

  #move(notDone: readonly NotDone[]): Promise<void> {
    const { alone, own, subscription, now } = this.#context
    const { group } = subscription
    const { topic, partition } = this.#segment.to
    const work = async (tx: Transaction<SubscriberTables>) => {
      await movePosition(tx, { group, topic, partition }, this.#segment)
      const streams = [...new Set(notDone.map(({ record }) => record.stream))]
      const parked = await parkedStreams(tx, { group, topic, streams })
      for (const { record, how } of notDone) {
        // What it waited for may be done by now.
        const isAlone = !hasHappened({ record, how }) && !parked.has(record.stream)
        const isFirst = isAlone && !notDone.some((other) => isBefore(other.record, record))
        await park(tx, record, { group, now: now(), ...how, isDue: how.isDue === true || isFirst })
      }
    }
    return alone({ topic, partition }, () => own.transaction(work))
  }

  #report(notDone: readonly NotDone[]): void {
    const waiting = notDone.filter(({ how }) => isWaiting(how)).map(({ record }) => record)
    for (const { record, how } of notDone)
      if (how.reason !== undefined) this.#context.reporter.parked(record, how.reason)
    reportMove(this.#context, this.#segment, { waiting, notDone: notDone.length - waiting.length })
  }

  #retrying() {
    return retrying(this.#context, this.#segment, { signal: this.#signal })
  }
}

const isWaiting = ({ reason, underWayBy }: NotDone['how']): boolean => reason === undefined && underWayBy === undefined
const hasHappened = ({ how }: NotDone): boolean => !isWaiting(how)
const isBefore = (a: EventRecord, b: EventRecord): boolean => a.stream === b.stream && a.seq < b.seq
