import { encodeEvent } from '@magasin/contracts/event-codec'
import type { EventRecord } from '@magasin/contracts/event-record'
import { eventTypes, type DomainEvent } from '@magasin/contracts/event-types'
import type { EventDefinition } from '@magasin/contracts/define-event'
import { partitionOf } from '@magasin/contracts/partition-of'
import { topics } from '@magasin/contracts/topics'
import type { Transaction } from 'kysely'
import { selectByValues } from './bulk-statements.ts'
import type { Engine } from './engine.ts'
import type { EventStoreTables } from './tables.ts'

/** An event that was decided, encoded and placed; its numbers are still to come. */
export type UnnumberedRecord = Omit<EventRecord, 'logId' | 'seq' | 'commit' | 'streamVersion'>

/** Encodes an event and finds its place. Throws EVENT_INVALID or EVENT_TOO_LARGE, before anything is written. */
export function placeEvent(
  event: DomainEvent,
  given: { id: string; time: string; traceparent: string | null },
): UnnumberedRecord {
  const definition = eventTypes[event.type] as EventDefinition
  const stream = definition.streamOf(event.data)
  return {
    ...given,
    topic: definition.topic,
    partition: partitionOf(stream, topics[definition.topic].partitions),
    type: event.type,
    stream,
    schemaVersion: definition.schemaVersion,
    value: encodeEvent(event, given.time),
  }
}

/**
 * Gives every event of a group its numbers, `commands` holding the events of one command each: stream versions, then the seqs of
 * the partitions, sorted, then the commit numbers, last. The counters are held from here to the commit, so nobody else can take
 * the next number before these are visible: that is why no reader ever sees a gap.
 */
export async function numberEvents(
  tx: Transaction<EventStoreTables>,
  engine: Engine,
  { logId, commands }: { readonly logId: string; readonly commands: readonly (readonly UnnumberedRecord[])[] },
): Promise<readonly EventRecord[]> {
  const events = commands.flat()
  const versions = await streamVersions(tx, events)
  const seqs = await takeSeqs(tx, engine, events)
  let commit = await engine.takeCommits(tx, commands.length)
  return commands.flatMap((command) => {
    commit++
    return command.map((event) => {
      const seq = next(seqs, placeOf(event))
      return { ...event, logId, seq, commit, streamVersion: next(versions, event.stream) }
    })
  })
}

function next(counters: Map<string, number>, name: string): number {
  const value = (counters.get(name) ?? 0) + 1
  counters.set(name, value)
  return value
}

const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  `${topic}/${partition}`

async function streamVersions(
  tx: Transaction<EventStoreTables>,
  events: readonly UnnumberedRecord[],
): Promise<Map<string, number>> {
  const rows = await selectByValues<{ readonly stream: string; readonly version: number }>(tx, {
    select: 'stream, max(stream_version) as version',
    table: 'events',
    column: 'stream',
    values: [...new Set(events.map(({ stream }) => stream))],
    then: 'group by stream',
  })
  return new Map(rows.map(({ stream, version }) => [stream, version]))
}

/** Moves the counters of the partitions concerned; resolves with where they stood. */
async function takeSeqs(
  tx: Transaction<EventStoreTables>,
  engine: Engine,
  events: readonly UnnumberedRecord[],
): Promise<Map<string, number>> {
  const taken = Map.groupBy(events, placeOf)
  const places = [...taken.values()].map((some) => ({ topic: some[0]!.topic, partition: some[0]!.partition }))
  const query = tx
    .selectFrom('partition_counters')
    .selectAll()
    .where('topic', 'in', [...new Set(places.map(({ topic }) => topic))])
    .where('partition', 'in', [...new Set(places.map(({ partition }) => partition))])
    .orderBy('topic')
    .orderBy('partition')
  const counters = (await engine.forUpdate(query).execute()).filter((counter) => taken.has(placeOf(counter)))
  const moved = counters.map((counter) => ({
    ...counter,
    last_seq: counter.last_seq + taken.get(placeOf(counter))!.length,
  }))
  await engine.overwrite(tx, { table: 'partition_counters', key: ['topic', 'partition'], rows: moved })
  return new Map(counters.map((counter) => [placeOf(counter), counter.last_seq]))
}
