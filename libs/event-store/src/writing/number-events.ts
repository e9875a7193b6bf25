import type { Catalogue } from '@magasin/contracts/catalogue'
import type { DomainEvent, EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { partitionOf } from '@magasin/contracts/partition-of'
import { placeOf } from '@magasin/event-log/place'
import type { Counter, StatementDialect } from '../statement-dialect.ts'
import { beginsAgain } from './explain-duplicate.ts'
import { rowsOf, type Question } from './run-questions.ts'

/** An event that was decided, encoded and placed; its numbers are still to come. */
export interface UnnumberedRecord extends Omit<EventRecord, 'logId' | 'seq' | 'commandNo' | 'streamVersion'> {
  readonly beginsStream: boolean
}

/** Whose events a store records. */
export interface Recorder {
  readonly catalogue: Catalogue
  /** The service whose store it is. */
  readonly owner: string
}

/**
 * Encodes an event and finds its place. Throws EVENT_INVALID or EVENT_TOO_LARGE, and an Error for an event of another service: all
 * before anything is written.
 */
export function placeEvent(
  { catalogue, owner }: Recorder,
  event: DomainEvent,
  given: Pick<EventRecord, 'eventId' | 'commandIndex' | 'time' | 'causedBy' | 'traceparent'>,
): UnnumberedRecord {
  const { topic, schemaVersion, streamOf, beginsStream } = catalogue.event(event.type)
  if (topic.owner !== owner) throw new Error(`${event.type} belongs to ${topic.owner}, this store is ${owner}'s`)
  // Before `streamOf` looks at the data: that expects what the schema allows.
  const value = catalogue.encode(event, given.time)
  const stream = streamOf(event.data)
  refuseUnreadable(event.type, stream)
  return {
    ...given,
    topic: topic.name,
    partition: partitionOf(stream, topic.partitions),
    type: event.type,
    stream,
    schemaVersion,
    value,
    beginsStream,
  }
}

// What the column holds, and what is a key of a record in Kafka: no reader takes one without a key for ours. A space at the end would
// not count where the database compares.
const readable = /^[\x21-\x7e]{1,200}$/

function refuseUnreadable(type: string, stream: unknown): void {
  if (typeof stream === 'string' && readable.test(stream)) return
  throw new MagasinError(
    'EVENT_INVALID',
    `${type}: its family's streamOf gives no name of a stream: 1 to 200 visible ASCII characters, without a space`,
    { facts: { type } },
  )
}

/**
 * Takes the counters for a group, `commands` holding the events of one command each, and resolves with the numbered events: the seqs
 * of the partitions concerned, sorted, then the command numbers, which every writer takes last. They are held from here to the commit,
 * so nobody else can take the next number before these are visible: that is why no reader ever sees a gap.
 * The versions of streams are read after that: nobody can add to a stream without the counter of its partition.
 */
export function numberEvents(
  dialect: StatementDialect,
  { logId, commands }: { readonly logId: string; readonly commands: readonly (readonly UnnumberedRecord[])[] },
): Question<readonly EventRecord[]> {
  const events = commands.flat()
  const places = [...Map.groupBy(events, placeOf)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const moves = places.map(([, some]) => dialect.move(seqs, [some[0]!.topic, some[0]!.partition], some.length))
  return {
    statements: [
      ...moves,
      dialect.move(commandNos, [], commands.length),
      ...dialect.lastVersions(streamsThatAreThere(events)),
    ],
    read(results) {
      const stood = new Map(places.map(([place], i) => [place, dialect.stood(results[i]!)]))
      const numbering = { logId, seqs: stood, versions: versionsIn(results.slice(moves.length + 1)) }
      return numbered(commands, numbering, dialect.stood(results[moves.length]!))
    },
  }
}

interface Numbering {
  readonly logId: string
  /** Where the counters stand, by place; they are moved. */
  readonly seqs: Map<string, number>
  readonly versions: Map<string, number>
}

function numbered(
  commands: readonly (readonly UnnumberedRecord[])[],
  { logId, seqs, versions }: Numbering,
  lastCommand: number,
): readonly EventRecord[] {
  return commands.flatMap((command, i) =>
    command.map((event) => {
      const seq = next(seqs, placeOf(event))
      const streamVersion = next(versions, event.stream)
      if (event.beginsStream && streamVersion > 1) throw beginsAgain(event, { topic: event.topic })
      return { ...event, logId, seq, commandNo: lastCommand + i + 1, streamVersion }
    }),
  )
}

function next(counters: Map<string, number>, name: string): number {
  const value = (counters.get(name) ?? 0) + 1
  counters.set(name, value)
  return value
}

const seqs: Counter = { table: 'partition_counters', column: 'last_seq', key: ['topic', 'partition'] }
const commandNos: Counter = { table: 'command_counter', column: 'last_command', key: [] }

/** But for those that an event of the group begins: if one is there already, the database refuses it a second first event. */
function streamsThatAreThere(events: readonly UnnumberedRecord[]): readonly string[] {
  const begun = new Set<string>()
  const there = new Set<string>()
  for (const { stream, beginsStream } of events)
    if (beginsStream && !there.has(stream)) begun.add(stream)
    else if (!begun.has(stream)) there.add(stream)
  return [...there]
}

function versionsIn(results: Parameters<typeof rowsOf>[0]): Map<string, number> {
  const rows = rowsOf(results) as readonly { readonly stream: string; readonly stream_version: number | null }[]
  return new Map(rows.map(({ stream, stream_version }) => [stream, stream_version ?? 0]))
}
