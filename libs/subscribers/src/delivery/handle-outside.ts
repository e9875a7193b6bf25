import type { EventRecord } from '@magasin/contracts/event-record'
import { isPermanent } from '@magasin/contracts/magasin-error'
import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from './backoff.ts'
import type { SubscriberContext } from '../context.ts'
import { reportMove, retrying } from './move.ts'
import { beginEffectOf, endedWithin, type Outcome } from './effect.ts'
import type { OutsideHandler } from '../handlers/outside.ts'
import { park, parkedStreams, type Parking } from '../parking/parked-rows.ts'
import type { OutsideSegment, ToHandle } from './plan.ts'
import { movePosition } from '../positions.ts'
import { retryForEver } from './retry.ts'
import type { SubscriberTables } from '../tables.ts'

/** Who goes on with an effect after the position moved past its event. */
export interface SetAside {
  readonly memberId: string
  /** Resolves with whether the effect may go on there: not too many do, and others can tell that this member lives. */
  take(record: EventRecord, effect: Promise<Outcome>): Promise<boolean>
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
    const { effects, reporter } = this.#context
    for (let tries = 1; ; tries++) {
      const begun = await effects(async () => (this.#signal.aborted ? undefined : beginEffectOf(event, this.#context)))
      if (begun === undefined) return { isDue: true }
      const outcome = begun.outcome ?? (await this.#outcomeOf(begun.effect, event))
      if (outcome === undefined) return { underWayBy: this.#setAside.memberId }
      if (outcome.isDone) return undefined
      if (isPermanent(outcome.error)) return { reason: outcome.error }
      reporter.failed(outcome.error, this.#segment.to, tries)
      await delay(backoffMs(tries), undefined, { signal: this.#signal }).catch(() => undefined)
      if (this.#signal.aborted) return { isDue: true }
    }
  }

  /** The outcome of an effect that is slow; undefined if it goes on aside. */
  async #outcomeOf(effect: Promise<Outcome>, { record, handler }: Event): Promise<Outcome | undefined> {
    const { reporter, stopping } = this.#context
    // It was asked to end and does not: it is left alone, and done again by the next owner.
    const leftAlone = (): Outcome => ({ isDone: false, error: stopping.reason })
    if (stopping.aborted) return leftAlone()
    reporter.slow(record)
    while (!(await this.#setAside.take(record, effect))) {
      const outcome = await endedWithin(effect, handler.setAsideAfterMs)
      if (outcome !== undefined) {
        reporter.recovered(record)
        return outcome
      }
      if (stopping.aborted) return leftAlone()
    }
    return undefined
  }

  #move(notDone: readonly NotDone[]): Promise<void> {
    const { own, subscription, now } = this.#context
    const { group } = subscription
    const { topic, partition } = this.#segment.to
    return own.transaction(async (tx) => {
      await movePosition(tx, { group, topic, partition }, this.#segment)
      const streams = [...new Set(notDone.map(({ record }) => record.stream))]
      const parked = await parkedStreams(tx, { group, topic, streams })
      for (const { record, how } of notDone) {
        // What it waited for may be done by now.
        const isAlone = !hasHappened({ record, how }) && !parked.has(record.stream)
        const isFirst = isAlone && !notDone.some((other) => isBefore(other.record, record))
        await park(tx, record, { group, now: now(), ...how, isDue: how.isDue === true || isFirst })
      }
    })
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
