import { MagasinError } from '@magasin/contracts/magasin-error'
import { constraintOf } from '@magasin/sql/constraint-of'
import type { Transaction } from 'kysely'
import type { EventStoreTables } from '../tables.ts'
import type { UnnumberedRecord } from './number-events.ts'

/**
 * What a duplicate means, if it comes again whenever the command does: EVENT_INVALID, since the command itself has to be mended. The
 * driver's error is its cause; MySQL quotes the value there, which may be a person's, so nothing of it is told but the name of the key.
 */
export async function explainDuplicate(
  tx: Transaction<EventStoreTables>,
  cause: unknown,
  events: readonly UnnumberedRecord[],
): Promise<MagasinError> {
  const begun = events.filter(({ beginsStream }) => beginsStream)
  const there = await topicsOfStreams(tx, begun)
  const again = begun.find(({ stream }) => there.has(stream))
  if (again !== undefined) return beginsAgain(again, { cause, topic: there.get(again.stream)! })
  const name = constraintOf(cause)
  return new MagasinError(
    'EVENT_INVALID',
    `the command writes what must be unique and is there already${name === undefined ? '' : ` (${name})`}: it has to look it up before it decides`,
    { cause },
  )
}

/** The error of an event that begins a stream a second time. */
export function beginsAgain(
  { type, stream, topic: own }: UnnumberedRecord,
  { cause, topic }: { readonly cause?: unknown; readonly topic: string },
): MagasinError {
  const place = topic === own ? '' : ` in ${topic}: a stream has one topic`
  return new MagasinError('EVENT_INVALID', `${type} begins the stream ${stream}, which is there already${place}`, {
    cause,
    facts: { type, stream },
  })
}

/** Of those streams that were there before this transaction: nobody else can begin one while it holds the command counter. */
async function topicsOfStreams(
  tx: Transaction<EventStoreTables>,
  begun: readonly UnnumberedRecord[],
): Promise<ReadonlyMap<string, string>> {
  if (begun.length === 0) return new Map()
  const ids = new Set(begun.map(({ eventId }) => eventId))
  const streams = [...new Set(begun.map(({ stream }) => stream))]
  const query = tx.selectFrom('events').select(['stream', 'topic', 'event_id']).where('stream', 'in', streams)
  const rows = await query.where('stream_version', '=', 1).execute()
  return new Map(rows.filter(({ event_id: id }) => !ids.has(id)).map(({ stream, topic }) => [stream, topic]))
}
