import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventRecord } from '@magasin/contracts/event-record'
import { narrowTransaction } from '@magasin/sql/narrow'
import type { Transaction } from 'kysely'
import { park, parkedStreams } from './parking.ts'
import { movePosition } from './positions.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriberTables } from './tables.ts'

export interface HandlingContext<Tables extends SubscriberTables> {
  readonly catalogue: Catalogue
  readonly subscription: Subscription<Tables>
  readonly signal: AbortSignal
  readonly now: () => Date
}

/**
 * Handles the next events of one partition in one transaction: the position first, by compare-and-set, then the effects.
 * An event of a stream that has parked ones waits behind them. Streams go side by side, the events of each in order.
 * Resolves with those that wait.
 */
export async function handleEvents<Tables extends SubscriberTables>(
  tx: Transaction<Tables>,
  records: readonly EventRecord[],
  context: HandlingContext<Tables>,
): Promise<readonly EventRecord[]> {
  const own = narrowTransaction<SubscriberTables, Tables>(tx)
  const { group, topic } = context.subscription
  const { partition, seq } = records[0]!
  await movePosition(own, { group, topic, partition }, { from: seq - 1, to: records.at(-1)!.seq })
  const byStream = Map.groupBy(records, ({ stream }) => stream)
  const parked = await parkedStreams(own, { group, topic, streams: [...byStream.keys()] })
  const handling = [...byStream].map(async ([stream, events]) => {
    for (const record of events)
      if (parked.has(stream)) await park(own, record, { group, reason: null, now: context.now() })
      else await handleEvent(tx, record, context)
  })
  await allSettledThenThrow(handling)
  return records.filter(({ stream }) => parked.has(stream))
}

/** Decodes one event and has it handled. A type that the subscription does not name is passed over, known or not. */
export async function handleEvent<Tables extends SubscriberTables>(
  tx: Transaction<Tables>,
  record: EventRecord,
  { catalogue, subscription, signal }: Pick<HandlingContext<Tables>, 'catalogue' | 'subscription' | 'signal'>,
): Promise<void> {
  if (subscription.handles.includes(record.type)) await subscription.handle(catalogue.decode(record), { tx, signal })
}

/** Waits for all before it throws what the first one threw: nothing may go on in a transaction that is rolled back. */
async function allSettledThenThrow(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}
