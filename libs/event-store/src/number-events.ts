import type { Catalogue } from '@magasin/contracts/catalogue'
import type { DomainEvent, EventRecord } from '@magasin/contracts/event-record'
import { partitionOf } from '@magasin/contracts/partition-of'
import type { Transaction } from 'kysely'
import { selectByValues } from './bulk-statements.ts'
import type { Engine } from './engine.ts'
import type { EventStoreTables } from './tables.ts'

/** An event that was decided, encoded and placed; its numbers are still to come. */
export type UnnumberedRecord = Omit<EventRecord, 'logId' | 'seq' | 'commandNo' | 'streamVersion'>

/** Encodes an event and finds its place. Throws EVENT_INVALID or EVENT_TOO_LARGE, before anything is written. */
export function placeEvent(
  catalogue: Catalogue,
  event: DomainEvent,
  given: Pick<EventRecord, 'eventId' | 'commandIndex' | 'time' | 'causedBy' | 'traceparent'>,
): UnnumberedRecord {
  const { topic, schemaVersion, streamOf } = catalogue.event(event.type)
  const stream = streamOf(event.data)
  return {
    ...given,
    topic: topic.name,
    partition: partitionOf(stream, topic.partitions),
    type: event.type,
    stream,
    schemaVersion,
    value: catalogue.encode(event, given.time),
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
  let commandNo = await engine.takeCommits(tx, commands.length)
  return commands.flatMap((command) => {
    commandNo++
    return command.map((event) => {
      const seq = next(seqs, placeOf(event))
      return { ...event, logId, seq, commandNo, streamVersion: next(versions, event.stream) }
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
