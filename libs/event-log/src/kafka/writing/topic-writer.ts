import type { EventRecord } from '@magasin/contracts/event-record'
import { BatchWriter } from './batch-writer.ts'
import type { Cluster } from '../cluster.ts'

/** Appends records to one topic, one append at a time. */
export class TopicWriter {
  readonly #topic: string
  readonly #writer: BatchWriter

  constructor(cluster: Cluster, { topic, logId }: { readonly topic: string; readonly logId: string }) {
    this.#topic = topic
    this.#writer = new BatchWriter(cluster, { logId })
  }

  /**
   * Appends records, those of a partition in the order given; resolves with the offset that the first one of each partition got.
   * Rejects with LOG_UNAVAILABLE: some of them may then be there all the same.
   */
  async append(records: readonly EventRecord[]): Promise<ReadonlyMap<number, number>> {
    const byPartition = Map.groupBy(records, ({ partition }) => partition)
    const batches = [...byPartition].map(([partition, some]) => ({ topic: this.#topic, partition, records: some }))
    const { batches: appended, failures } = await this.#writer.append(batches)
    for (const failure of failures.values()) throw failure
    return new Map(appended.map(({ partition, base }) => [partition, base]))
  }

  close(): Promise<void> {
    return this.#writer.close()
  }
}
