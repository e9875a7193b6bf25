import type { DomainEvent, EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog, GroupPartitionDescription, PartitionRef } from '@magasin/event-log/event-log'
import type { ReadModels } from '../define-read-models.ts'
import type { GenerationWriter } from '../read-model-store.ts'
import { stepsOf } from '../steps-of.ts'
import { KnownPositions } from './known-positions.ts'
import { SharedBatches } from './shared-batches.ts'

/** What a projector reads, and how. */
export interface ProjectorSource {
  readonly log: EventLog
  readonly topics: readonly string[]
  readonly models: ReadModels
  /** Throws for a record that cannot be decoded. */
  readonly decode: (record: EventRecord) => DomainEvent
}

/** Told of what keeps partitions from going on, and when they do again; `null` is all of them. */
export interface FaultListener {
  onFault(fault: unknown, at: PartitionRef | null): void
  onRecovery(at: PartitionRef | null): void
}

/** One generation of read models that follows the log. */
export interface Following {
  readonly generation: number
  /** How far it is in each partition, as it knows without asking. */
  partitions(): readonly GroupPartitionDescription[]
  /** Whether the log is not the one that this generation was built from. */
  isForeign(): boolean
  /** Whether the store has less than what it took: it was put back to an earlier copy, or emptied. */
  wasPutBack(): Promise<boolean>
  /** Resolves when the last batch under way is carried out. Idempotent. */
  stop(): Promise<void>
}

/**
 * Follows the log into one generation, from its positions. Rejects as `EventLog.subscribe` does.
 * - If somebody else moved a position (POSITION_MOVED), the log asks for it again and goes on from there.
 * - At an event that cannot be decoded, or whose projection throws, the partition waits and tries again, and `onFault` is told each
 *   time: to pass over it would leave the read models wrong without a word. The other partitions go on.
 */
export async function followGeneration(
  { log, topics, models, decode }: ProjectorSource,
  writer: GenerationWriter,
  { onFault, onRecovery }: FaultListener,
): Promise<Following> {
  const known = new KnownPositions()
  const batches = new SharedBatches(writer)
  let foreign = false
  const subscription = await log.subscribe({
    topics,
    group: `${models.name}-${writer.generation}`,
    onAlarm(alarm, at) {
      if (isOfAnotherLog(alarm)) foreign = true
      onFault(alarm, at)
    },
    onFault,
    onRecovery,
    positionsOf: async (topic) => known.take(topic, await writer.positions()),
    async deliver(records) {
      const last = records.at(-1)
      if (last === undefined) return
      const { topic, partition, logId, seq, eventId } = last
      const move = { topic, partition, from: known.at(last), to: { logId, seq, eventId } }
      await batches.apply({ moves: [move], steps: records.flatMap((record) => stepsOf(models, decode(record))) })
      known.move(move)
    },
  })
  return {
    generation: writer.generation,
    partitions: () => subscription.describe().partitions,
    isForeign: () => foreign,
    wasPutBack: () => known.areMoreThan(() => writer.positions()),
    stop: () => subscription.stop(),
  }
}

/** Whether what a subscriber has seen is not in the log: the store was put back to an earlier copy, or is another one. */
export function isOfAnotherLog(error: unknown): error is MagasinError {
  return (['LOG_FOREIGN', 'LOG_DIVERGED', 'POSITION_AHEAD'] as const).some((code) => isMagasinError(error, code))
}
