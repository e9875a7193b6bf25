import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { EventLog, GroupDescription, LogSubscription, Position } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import type { EventStore } from '@magasin/event-store/event-store'
import { migrate } from '@magasin/sql/migrate'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { setTimeout as delay } from 'node:timers/promises'
import pLimit from 'p-limit'
import { answerWithCommand } from './delivery/answer-with-command.ts'
import type { SubscriberContext } from './context.ts'
import { reportMove, retrying } from './delivery/move.ts'
import { handleInTransaction } from './delivery/handle-in-transaction.ts'
import { endGraceMs } from './delivery/effect.ts'
import { EffectsUnderWay } from './delivery/effects-under-way.ts'
import { OutsideRun } from './delivery/handle-outside.ts'
import { Member } from './parking/member.ts'
import { subscriberMigrations } from './migrations.ts'
import { ParkedStreams } from './parking/parked-streams.ts'
import { planSegments, type PassedSegment, type Segment } from './delivery/plan.ts'
import { beginPosition, movePosition, readPositions } from './positions.ts'
import { Reporter, type Failing, type SubscriberObserver } from './reporter.ts'
import { retryForEver } from './delivery/retry.ts'
import { SerialQueues } from './serial-queues.ts'
import { refuseOtherHandlers, topicsOf, type AnySubscription } from './subscription.ts'
import type { SubscriberTables } from './tables.ts'

export interface SubscriberOptions<Tables extends SubscriberTables> {
  readonly catalogue: Catalogue
  readonly log: EventLog
  /** The subscriber's own database; if it answers events with commands, the database of `store`. */
  readonly database: SqlDatabase<Tables>
  readonly subscription: AnySubscription<Tables>
  readonly observer: SubscriberObserver
  /** Carries out the commands of `command` handlers. */
  readonly store?: Pick<EventStore, 'execute'>
  readonly now?: () => Date
  /** How often to look whether somebody asked for a redrive. */
  readonly redrivePollMs?: number
}

// More: under load they take the processors from the commands of the same process. Fewer: a folder of files has fewer that share a flush.
const effectsAtOnce = 50

/** A subscription that runs. */
export interface Subscriber {
  /** How far it is in each partition that it reads now. */
  describe(): GroupDescription
  /** What cannot go on at present: the subscription as a whole, a partition, or a stream of one whose effect is slow or fails. */
  failing(): readonly Failing[]
  /**
   * Takes nothing more, asks handlers to end, and resolves when what is under way is done or, after some seconds, left to the next
   * owner of the partition. Idempotent.
   */
  stop(): Promise<void>
}

/**
 * Runs a subscription: from the position in the subscriber's own database, at the first event the first time, in every topic of the
 * types that it handles. Permanent errors park, everything else is tried again for ever.
 * Rejects with LOG_FOREIGN, LOG_DIVERGED, POSITION_AHEAD, DATABASE_NEWER, EVENT_TYPE_UNKNOWN for a type that no family declares, and
 * with a TypeError for a type whose handler is of none of the three kinds.
 */
export async function openSubscriber<Tables extends SubscriberTables>(
  options: SubscriberOptions<Tables>,
): Promise<Subscriber> {
  const { catalogue, store, subscription } = options
  refuseOtherHandlers(subscription)
  const answers = Object.entries(subscription.on).find(([, handler]) => handler?.kind === 'command')
  if (answers !== undefined && store === undefined)
    throw new Error(`${subscription.group} answers ${answers[0]} with a command and is given no store`)
  const topics = topicsOf(subscription, catalogue)
  await migrate(options.database, subscriberMigrations)
  const running = new RunningSubscriber(options)
  await running.start(topics)
  return running
}

class RunningSubscriber<Tables extends SubscriberTables> implements Subscriber {
  readonly #options: SubscriberOptions<Tables>
  readonly #context: SubscriberContext<Tables>
  readonly #stopping = new AbortController()
  /** Apart from the transactions: a delivery lasts as long as a fault, and what is settled or redriven beside it does not wait for it. */
  readonly #deliveries = new SerialQueues()
  readonly #transactions = new SerialQueues()
  readonly #parked: ParkedStreams<Tables>
  /** The partitions in which the group has a position. */
  readonly #begun = new Set<string>()
  readonly #signals = new WeakMap<AbortSignal, AbortSignal>()
  #reading: LogSubscription | undefined

  constructor(options: SubscriberOptions<Tables>) {
    this.#options = options
    const { catalogue, database, observer, store, subscription, now = () => new Date() } = options
    const own = narrowDatabase<SubscriberTables, Tables>(database)
    const stopping = this.#stopping.signal
    const reporter = new Reporter({ group: subscription.group, observer, stopping })
    const effects = pLimit(subscription.effectsAtOnce ?? effectsAtOnce)
    const underWay = new EffectsUnderWay()
    const alone: SubscriberContext<Tables>['alone'] = (at, work) => this.#transactions.run(placeOf(at), work)
    const tools = { reporter, effects, underWay, alone, now, stopping }
    this.#context = { catalogue, database, own, subscription, store, ...tools }
    this.#parked = new ParkedStreams({ ...this.#context, member: new Member(database) })
  }

  async start(topics: readonly string[]): Promise<void> {
    const { log, redrivePollMs = 1_000, subscription } = this.#options
    const { reporter } = this.#context
    this.#reading = await log.subscribe({
      topics,
      group: subscription.group,
      positionsOf: (topic) => this.#positionsOf(topic),
      deliver: (records, signal) => this.#deliveries.run(placeOf(records[0]!), () => this.#deliver(records, signal)),
      onAlarm: (alarm, at) => reporter.alarm(alarm, at),
      onFault: (fault, at) => reporter.failed(fault, at, 1),
      onRecovery: (at) => reporter.recovered(at),
      onAssigned: (partitions) => this.#parked.assign(partitions),
    })
    this.#parked.start(redrivePollMs)
  }

  describe(): GroupDescription {
    return this.#reading?.describe() ?? { group: this.#options.subscription.group, partitions: [] }
  }

  failing(): readonly Failing[] {
    return this.#context.reporter.failing()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the subscriber stops'))
    // One that does not end when it is asked to is waited for no longer than those of the deliveries.
    const longEnough = delay(endGraceMs, undefined, { ref: false })
    await this.#reading?.stop()
    await this.#parked.stop(longEnough)
  }

  async #positionsOf(topic: string): Promise<ReadonlyMap<number, Position>> {
    const { own, subscription } = this.#context
    const positions = await readPositions(own, { group: subscription.group, topic })
    for (const partition of positions.keys()) this.#begun.add(placeOf({ topic, partition }))
    return positions
  }

  async #deliver(records: readonly EventRecord[], delivery: AbortSignal): Promise<void> {
    const { own, subscription } = this.#context
    const { topic, partition, logId } = records[0]!
    if (!this.#begun.has(placeOf({ topic, partition }))) {
      await beginPosition(own, { group: subscription.group, topic, partition }, logId)
      this.#begun.add(placeOf({ topic, partition }))
    }
    const signal = this.#untilEither(delivery)
    for (const segment of planSegments(records, subscription)) await this.#handle(segment, signal)
  }

  /** One for all deliveries of a partition: each would leave something behind in signals that live as long. */
  #untilEither(delivery: AbortSignal): AbortSignal {
    const signal = this.#signals.get(delivery) ?? AbortSignal.any([this.#stopping.signal, delivery])
    this.#signals.set(delivery, signal)
    return signal
  }

  #handle(segment: Segment<Tables>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    switch (segment.kind) {
      case 'inTransaction':
        return handleInTransaction(segment, this.#context, signal)
      case 'outside':
        return new OutsideRun(segment, { context: this.#context, setAside: this.#parked, signal }).run()
      case 'command':
        return answerWithCommand(segment, this.#context, signal)
      default:
        return this.#pass(segment, signal)
    }
  }

  async #pass(segment: PassedSegment, signal: AbortSignal): Promise<void> {
    const { alone, own, subscription } = this.#context
    const { topic, partition } = segment.to
    const at = { group: subscription.group, topic, partition }
    const work = () => alone(at, () => own.transaction((tx) => movePosition(tx, at, segment)))
    await retryForEver(work, retrying(this.#context, segment, { signal }))
    reportMove(this.#context, segment)
  }
}
