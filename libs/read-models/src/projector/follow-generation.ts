import type { DomainEvent, EventRecord } from '@magasin/contracts/event-record'
import type { EventLog, LogSubscription, Position, SubscribeRequest } from '@magasin/event-log/event-log'
import type { ReadModels } from '../define-read-models.ts'
import type { GenerationWriter } from '../read-model-store.ts'
import { stepsOf } from '../steps-of.ts'

export interface FollowOptions extends Pick<
  SubscribeRequest,
  'topics' | 'group' | 'onAlarm' | 'onFault' | 'onRecovery'
> {
  readonly log: EventLog
  readonly models: ReadModels
  readonly writer: GenerationWriter
  /** Throws for a record that cannot be decoded. */
  readonly decode: (record: EventRecord) => DomainEvent
}

/**
 * Follows the log into one generation, from its positions.
 * - If somebody else moved a position (POSITION_MOVED), the log asks for it again and goes on from there.
 * - At an event that cannot be decoded, or whose projection throws, the partition waits and tries again, and `onFault` is told each
 *   time: to pass over it would leave the read models wrong without a word. The other partitions go on.
 */
export function followGeneration(options: FollowOptions): Promise<LogSubscription> {
  const { log, models, writer, decode, topics, group, onAlarm, onFault, onRecovery } = options
  const known = new Map<string, Position>()
  return log.subscribe({
    topics,
    group,
    onAlarm,
    onFault,
    onRecovery,
    async positionsOf(topic) {
      const found = (await writer.positions()).filter((position) => position.topic === topic)
      for (const key of known.keys()) if (key.startsWith(`${topic}/`)) known.delete(key)
      for (const { partition, logId, seq, eventId } of found)
        known.set(keyOf(topic, partition), { logId, seq, eventId })
      return new Map(found.map(({ partition, logId, seq, eventId }) => [partition, { logId, seq, eventId }]))
    },
    async deliver(records) {
      const last = records.at(-1)
      if (last === undefined) return
      const { topic, partition, logId, seq, eventId } = last
      const to = { logId, seq, eventId }
      const from = known.get(keyOf(topic, partition)) ?? null
      const steps = records.flatMap((record) => stepsOf(models, decode(record)))
      await writer.apply({ moves: [{ topic, partition, from, to }], steps })
      known.set(keyOf(topic, partition), to)
    },
  })
}

const keyOf = (topic: string, partition: number) => `${topic}/${partition}`
