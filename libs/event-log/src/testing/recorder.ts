import { randomUUID } from 'node:crypto'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog, PartitionRef, Position, SubscribeRequest } from '../event-log.ts'

/** A subscriber of tests: it keeps what it was given, and its positions, in memory. */
export function recorder(log: EventLog, overrides: Partial<SubscribeRequest> = {}) {
  const records: EventRecord[] = []
  const positions = new Map<string, Map<number, Position>>()
  const alarms: MagasinError[] = []
  const faults: unknown[] = []
  const recovered: (PartitionRef | null)[] = []
  let assigned: readonly PartitionRef[] = []
  let check = (): void => undefined
  const moveTo = ({ topic, partition }: PartitionRef, position: Position) =>
    positions.set(topic, (positions.get(topic) ?? new Map<number, Position>()).set(partition, position))
  const request: SubscribeRequest = {
    topics: ['member-events'],
    // Tests share a broker.
    group: `recorder-${randomUUID()}`,
    positionsOf: (topic) => Promise.resolve(positions.get(topic) ?? new Map<number, Position>()),
    deliver(delivered) {
      records.push(...delivered)
      const { logId, seq, eventId, topic, partition } = delivered.at(-1)!
      moveTo({ topic, partition }, { logId, seq, eventId })
      check()
      return Promise.resolve()
    },
    onAlarm: (alarm) => (alarms.push(alarm), check()),
    onFault: (fault) => (faults.push(fault), check()),
    onRecovery: (at) => (recovered.push(at), check()),
    onAssigned: (partitions) => ((assigned = partitions), check()),
    ...overrides,
  }
  return {
    records,
    alarms,
    faults,
    recovered,
    request,
    /** The seqs that it was given of a partition. */
    seqs: (partition: number, topic = 'member-events') =>
      records.filter((one) => one.topic === topic && one.partition === partition).map(({ seq }) => seq),
    assigned: () => assigned,
    /** Puts it somewhere before it starts. */
    moveTo,
    start: () => log.subscribe(request),
    /** Resolves when the condition holds; the test's own time-out is the deadline. */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        check = () => condition() && resolve()
        check()
      }),
  }
}
