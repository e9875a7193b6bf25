import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventRecord } from '@magasin/contracts/event-record'
import type { EventLog } from '../event-log.ts'
import { Cluster, type KafkaOptions } from '../kafka/cluster.ts'
import { bytesOf, mostBytesPerPartition, TopicWriter } from '../kafka/topic-writer.ts'
import { findLogId } from '../kafka/topic-identity.ts'

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
 * Appends events to a Kafka topic again, from a seq to the end of the table; resolves with how many. Who lacks them takes them, everyone
 * else passes over them, a relay that is at work included. Rejects with LOG_FOREIGN, LOG_UNAVAILABLE, LOG_GAP.
 */
export async function republish(request: RepublishRequest): Promise<number> {
  const { table, kafka, topic, from, partition } = request
  const cluster = new Cluster(kafka)
  try {
    const snapshot = await table.snapshot(topic)
    if (snapshot.logId === null) return 0
    await cluster.prepare(topic)
    const found = await findLogId(cluster, topic, await cluster.offsetsOf(topic))
    if (found !== null && found !== snapshot.logId)
      throw new MagasinError(
        'LOG_FOREIGN',
        `the topic ${cluster.nameOf(topic)} on the broker holds events of the store ${found}, and this is ${snapshot.logId}: nothing was published`,
      )
    const writer = new TopicWriter(cluster, { topic, logId: snapshot.logId })
    try {
      let sent = 0
      for (const one of partition === undefined ? snapshot.partitions : [partition])
        for await (const page of snapshot.read({ partition: one, after: from - 1 }))
          for (const batch of batchesOf(page)) {
            request.signal?.throwIfAborted()
            await writer.append(batch)
            sent += batch.length
            request.onProgress?.(sent)
          }
      return sent
    } finally {
      await writer.close()
    }
  } finally {
    await cluster.close()
  }
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
