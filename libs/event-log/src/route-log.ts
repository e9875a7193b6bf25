import type {
  EventLog,
  GroupDescription,
  LogSubscription,
  PartitionRef,
  SubscribeRequest,
  TopicDescription,
  TopicSnapshot,
} from './event-log.ts'
import { takeGroup } from './take-group.ts'

/**
 * Makes one log of several: each topic is read from the log that holds it. So the stores of one process are one log to their readers.
 * It opens and closes nothing: `close` ends its subscriptions, the logs stay their owners'. Topics of different logs have no common
 * order. Every method throws for a topic that no log holds.
 */
export function routeLog(logs: ReadonlyMap<string, EventLog>): EventLog {
  return new RoutedLog(logs)
}

class RoutedLog implements EventLog {
  readonly #logs: ReadonlyMap<string, EventLog>
  readonly #groups = new Set<string>()
  readonly #subscriptions = new Set<LogSubscription>()

  constructor(logs: ReadonlyMap<string, EventLog>) {
    this.#logs = logs
  }

  async snapshot(topic: string): Promise<TopicSnapshot> {
    return this.#logOf(topic).snapshot(topic)
  }

  async snapshots(topics: readonly string[]): Promise<readonly TopicSnapshot[]> {
    const byLog = Map.groupBy(topics, (topic) => this.#logOf(topic))
    const taken = new Map<string, TopicSnapshot>()
    for (const [log, ofLog] of byLog) for (const one of await log.snapshots(ofLog)) taken.set(one.topic, one)
    return topics.map((topic) => taken.get(topic)!)
  }

  async subscribe(request: SubscribeRequest): Promise<LogSubscription> {
    const release = takeGroup(this.#groups, request.group)
    const begun: LogSubscription[] = []
    const subscription = {
      describe: (): GroupDescription => ({
        group: request.group,
        partitions: begun.flatMap((one) => one.describe().partitions),
      }),
      stop: async () => {
        await Promise.all(begun.map((one) => one.stop()))
        if (this.#subscriptions.delete(subscription)) release()
      },
    }
    this.#subscriptions.add(subscription)
    try {
      const byLog = Map.groupBy(request.topics, (topic) => this.#logOf(topic))
      const asOne = mergeTelling(request)
      for (const [log, topics] of byLog) begun.push(await log.subscribe({ ...request, topics, ...asOne(log) }))
      return subscription
    } catch (error) {
      await subscription.stop()
      throw error
    }
  }

  async describe(topic: string): Promise<TopicDescription> {
    return this.#logOf(topic).describe(topic)
  }

  async check(): Promise<void> {
    await Promise.all([...new Set(this.#logs.values())].map((log) => log.check()))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()))
  }

  #logOf(topic: string): EventLog {
    const log = this.#logs.get(topic)
    if (log === undefined) throw new Error(`no log holds the topic ${topic}`)
    return log
  }
}

/** Makes one of what the logs tell: it has recovered when all have, and reads what any of them reads. */
function mergeTelling({ onFault, onRecovery, onAssigned }: SubscribeRequest) {
  const failing = new Set<EventLog>()
  const assigned = new Map<EventLog, readonly PartitionRef[]>()
  return (log: EventLog): Pick<SubscribeRequest, 'onFault' | 'onRecovery' | 'onAssigned'> => ({
    onFault: (fault, at) => {
      if (at === null) failing.add(log)
      onFault(fault, at)
    },
    onRecovery: (at) => {
      if (at !== null) onRecovery(at)
      else if (failing.delete(log) && failing.size === 0) onRecovery(null)
    },
    onAssigned: (partitions) => {
      assigned.set(log, partitions)
      onAssigned?.([...assigned.values()].flat())
    },
  })
}
