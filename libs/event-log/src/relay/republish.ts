import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { EventLog, TopicSnapshot } from '../event-log.ts'
import { Cluster, type KafkaOptions } from '../kafka/cluster.ts'
import { bytesOf, mostBytesPerPartition } from '../kafka/writing/batch-writer.ts'
import { findLogId } from '../kafka/topic-identity.ts'
import { TopicWriter } from '../kafka/writing/topic-writer.ts'

export interface RepublishRequest {
  /** The event table, from which events are taken; what a snapshot of it holds must be on disk. */
  readonly table: Pick<EventLog, 'snapshot'>
  readonly kafka: KafkaOptions
  readonly topic: string
  /** The seq to begin with; the end is the table's. */
  readonly from: number
  /** Of this partition only; of all of them by default. */
  readonly partition?: number | undefined
  readonly onProgress?: (sent: number) => void
  readonly signal?: AbortSignal
}

/**
 * Appends events of a topic that the store owns to its Kafka topic again, from a seq to the end of the table; resolves with how many.
 * Readers that lack them take them; all others pass over them, and so does a relay that is at work.
 * Rejects with NOT_FOUND if the store does not own the topic, LOG_FOREIGN, LOG_UNAVAILABLE, LOG_GAP.
 */
export async function republish(request: RepublishRequest): Promise<number> {
  const { table, kafka, topic } = request
  const cluster = new Cluster(kafka)
  try {
    const snapshot = await table.snapshot(topic)
    if (snapshot.partitions.length === 0)
      throw new MagasinError(
        'NOT_FOUND',
        `this store records no events of ${topic}: republish them from the store of ${cluster.definitionOf(topic).owner}`,
      )
    if (snapshot.logId === null) return 0
    await cluster.prepare(topic)
    await refuseForeign(cluster, snapshot)
    const writer = new TopicWriter(cluster, { topic, logId: snapshot.logId })
    try {
      return await appendAll(writer, snapshot, request)
    } finally {
      await writer.close()
    }
  } finally {
    await cluster.close()
  }
}

async function refuseForeign(cluster: Cluster, { topic, logId }: TopicSnapshot): Promise<void> {
  const found = await findLogId(cluster, topic, await cluster.offsetsOf(topic))
  if (found !== null && found !== logId)
    throw new MagasinError(
      'LOG_FOREIGN',
      `the topic ${cluster.nameOf(topic)} on the broker holds events of the store ${found}, and this is ${logId}: nothing was published. Give the topics of each store a name of their own (${cluster.namedBy(topic)})`,
    )
}

async function appendAll(writer: TopicWriter, snapshot: TopicSnapshot, request: RepublishRequest): Promise<number> {
  const { from, partition, signal, onProgress } = request
  let sent = 0
  for (const one of partition === undefined ? snapshot.partitions : [partition])
    for await (const page of snapshot.read({ partition: one, after: from - 1 }))
      for (const batch of batchesOf(page)) {
        signal?.throwIfAborted()
        await writer.append(batch)
        sent += batch.length
        onProgress?.(sent)
      }
  return sent
}

function* batchesOf(records: readonly EventRecord[]): Generator<readonly EventRecord[]> {
  let batch: EventRecord[] = []
  let bytes = 0
  for (const record of records) {
    batch.push(record)
    bytes += bytesOf(record)
    if (bytes >= mostBytesPerPartition) {
      yield batch
      batch = []
      bytes = 0
    }
  }
  if (batch.length > 0) yield batch
}
