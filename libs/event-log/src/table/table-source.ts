import { setTimeout as delay } from 'node:timers/promises'
import { refuseAhead, refuseDiverged, refuseForeign } from '../check-position.ts'
import type { PartitionRef, Positions } from '../event-log.ts'
import { deliverySize, restMs, type NextRecords, type PartitionSource } from '../follow-partition.ts'
import { gapError, takeInOrder } from '../take-in-order.ts'
import type { EndWatcher } from './end-watcher.ts'
import type { EventTableReader } from './event-table-reader.ts'

export interface TableSourceOptions {
  readonly at: PartitionRef
  readonly group: string
  readonly table: EventTableReader
  readonly watcher: EndWatcher
}

/** One partition of the event table. */
export class TableSource implements PartitionSource {
  readonly #options: TableSourceOptions
  /** The last seq that was taken. */
  #last = 0
  /** What is to be done before the next read: nothing; wait for the end to move; rest at a gap. */
  #before: 'nothing' | 'wait' | 'rest' = 'nothing'

  constructor(options: TableSourceOptions) {
    this.#options = options
  }

  async seek(positions: Positions): Promise<void> {
    const { at, group, table } = this.#options
    this.#last = positions.get(at.partition)?.seq ?? 0
    this.#before = 'nothing'
    await checkPositions(table, { group, topic: at.topic, positions, partitions: [at.partition] })
  }

  async next(signal: AbortSignal): Promise<NextRecords> {
    const { at, table, watcher } = this.#options
    let isBeyond = this.#before === 'rest'
    if (this.#before === 'wait') isBeyond = await watcher.waitBeyond(at, this.#last, signal)
    if (this.#before === 'rest') await delay(restMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return { records: [], gap: null }
    const page = await table.page({ ...at, after: this.#last, limit: deliverySize })
    const { records, beyondGap } = takeInOrder(page, this.#last)
    if (records.length > 0) await table.settle()
    this.#last += records.length
    // The counter says that there is an event, and the table has none.
    const isAtGap = beyondGap !== null || (isBeyond && page.length === 0)
    this.#before = isAtGap ? 'rest' : page.length < deliverySize ? 'wait' : 'nothing'
    const seq = this.#last + 1
    return { records, gap: isAtGap ? { seq, alarm: gapError({ ...at, seq }) } : null }
  }

  delivered(): Promise<void> {
    return Promise.resolve()
  }

  lagAfter(seq: number): number {
    const { at, watcher } = this.#options
    return Math.max(0, (watcher.ends(at.topic)?.get(at.partition) ?? 0) - seq)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/**
 * Throws LOG_FOREIGN, POSITION_AHEAD or LOG_DIVERGED unless positions in a topic can be positions in this table.
 * Two queries, whatever the number of partitions.
 */
export async function checkPositions(
  table: EventTableReader,
  of: {
    readonly group: string
    readonly topic: string
    readonly positions: Positions
    readonly partitions?: readonly number[]
  },
): Promise<void> {
  const { group, topic, positions, partitions = [...positions.keys()] } = of
  const known = partitions.flatMap((partition) => {
    const position = positions.get(partition)
    return position === undefined ? [] : [{ group, topic, partition, position, seq: position.seq }]
  })
  if (known.length === 0) return
  for (const one of known) refuseForeign(one, table.logId)
  const ends = (await table.ends([topic])).get(topic)
  for (const one of known) refuseAhead(one, ends?.get(one.partition) ?? 0)
  // An event that is missing there proves nothing: a gap is told by those who need the event.
  const begun = known.filter(({ seq }) => seq > 0)
  const ids = await table.eventIds(begun)
  for (const [i, one] of begun.entries()) refuseDiverged(one, ids[i])
}
