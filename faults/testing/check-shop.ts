import type { EventRecord } from '@magasin/contracts/event-record'
import { checkNumbers } from './check-numbers.ts'
import type { User } from './user.ts'

/** A command that was answered with success: the event that must follow from it, and the user as it was asked for. */
export interface Acknowledged {
  readonly event: 'UserCreated' | 'UserDeleted'
  readonly user: User
}

/** What clients were told, and all that a shop holds. */
export interface ShopEvidence {
  readonly acknowledged: readonly Acknowledged[]
  /** The rows of the event table. */
  readonly events: readonly EventRecord[]
  /** Who has an account now. */
  readonly users: readonly User[]
  /** The events of the exported history, in its order. */
  readonly exportLines: readonly Readonly<Record<string, unknown>>[]
  /** What is in the folder of the e-mails: content by name. */
  readonly files: ReadonlyMap<string, string>
}

/** Of these events, those of users. */
export function eventsOfUsers(events: readonly EventRecord[]): readonly EventRecord[] {
  return events.filter(({ topic }) => topic === 'user-events')
}

/**
 * Whether a shop holds exactly the users that were acknowledged: for each command one event, its state, its line in the export and its
 * page, and nothing else; numbers of all events without a hole. The answer is what is wrong, each in a sentence that names numbers and fields, never a person.
 */
export function checkShop(whole: ShopEvidence): readonly string[] {
  const evidence = { ...whole, events: eventsOfUsers(whole.events) }
  return [
    ...repeated('answers', evidence.acknowledged.map(nameOf)),
    ...checkEvents(evidence),
    ...checkNumbers(whole.events),
    ...checkState(evidence),
    ...checkExport(evidence),
    ...checkFiles(evidence),
  ]
}

function checkEvents({ acknowledged, events }: ShopEvidence): readonly string[] {
  const asked = new Map(acknowledged.map((one) => [nameOf(one), one]))
  const found = events.map((record) => ({ record, name: `${record.type} of ${record.stream.replace('-', ' ')}` }))
  const wrong = found.flatMap(({ record, name }) => {
    const command = asked.get(name)
    if (command === undefined) return []
    const version = command.event === 'UserCreated' ? 1 : 2
    const expected = { event: command.event, ...command.user, datetime: record.time }
    return [
      ...(record.streamVersion === version
        ? []
        : [`events: ${name} has version ${record.streamVersion} instead of ${version}`]),
      ...differingFields(expected, valueOf(record)).map((field) => `events: ${name} has a wrong ${field}`),
    ]
  })
  return [
    ...compare(
      'events',
      [...asked.keys()],
      found.map(({ name }) => name),
    ),
    ...wrong,
  ]
}

function checkState({ acknowledged, users }: ShopEvidence): readonly string[] {
  const deleted = new Set(acknowledged.filter(({ event }) => event === 'UserDeleted').map(({ user }) => user.id))
  const created = acknowledged.filter(({ event }) => event === 'UserCreated').map(({ user }) => user)
  const present = new Map(created.filter(({ id }) => !deleted.has(id)).map((user) => [user.id, user]))
  const name = ({ id }: User) => `user ${id}`
  return [
    ...users.filter(({ id }) => deleted.has(id)).map((user) => `state: ${name(user)} was deleted and is there`),
    ...compare('state', [...present.values()].map(name), users.filter(({ id }) => !deleted.has(id)).map(name)),
    ...users.flatMap((user) =>
      differingFields(present.get(user.id) ?? user, user).map((field) => `state: ${name(user)} has a wrong ${field}`),
    ),
  ]
}

function checkExport({ acknowledged, events, exportLines }: ShopEvidence): readonly string[] {
  const byId = new Map(events.map((record) => [record.eventId, record]))
  const lines = exportLines.map((line) => ({ line, name: `${String(line['event'])} of user ${String(line['id'])}` }))
  const wrong = lines.flatMap(({ line, name }) => {
    const record = byId.get(String(line['event_id']))
    if (record === undefined) return [`export: ${name} has the id of no event`]
    return differingFields(lineOf(record), line).map((field) => `export: ${name} has a wrong ${field}`)
  })
  const falling = exportLines.findIndex(
    (line, i) => Number(line['command_no']) < Number(exportLines[i - 1]?.['command_no']),
  )
  return [
    ...compare(
      'export',
      acknowledged.map(nameOf),
      lines.map(({ name }) => name),
    ),
    ...wrong,
    ...(falling === -1 ? [] : [`export: line ${falling + 1} is older than the one before`]),
  ]
}

function checkFiles({ acknowledged, files }: ShopEvidence): readonly string[] {
  const asked = new Map(acknowledged.map(({ event, user }) => [`${stems[event]}_${user.id}.html`, user]))
  const broken = [...files].flatMap(([name, content]) => {
    const user = asked.get(name)
    if (user === undefined) return []
    return [
      ...(content.trimEnd().endsWith('</html>') ? [] : [`files: ${name} is not whole`]),
      ...(content.includes(user.email) ? [] : [`files: ${name} has a wrong email`]),
    ]
  })
  return [...compare('files', [...asked.keys()], [...files.keys()]), ...broken]
}

const stems = { UserCreated: 'welcome', UserDeleted: 'goodbye' } as const

const nameOf = ({ event, user }: Acknowledged): string => `${event} of user ${user.id}`

const valueOf = ({ value }: EventRecord) => JSON.parse(value) as Readonly<Record<string, unknown>>

/** The line that the export must hold for an event. */
function lineOf(record: EventRecord): Readonly<Record<string, unknown>> {
  const { topic, partition, seq, stream } = record
  const { commandNo: command_no, commandIndex: command_index, eventId: event_id } = record
  const { streamVersion: stream_version, schemaVersion: schema_version } = record
  const place = { topic, partition, seq, command_no, command_index }
  return { ...valueOf(record), ...place, stream, stream_version, schema_version, event_id }
}

/** What is missing, what is there more than once, what nobody asked for. */
function compare(where: string, asked: readonly string[], found: readonly string[]): readonly string[] {
  const [askedOnce, foundOnce] = [new Set(asked), new Set(found)]
  return [
    ...[...askedOnce.difference(foundOnce)].map((name) => `${where}: ${name} is missing`),
    ...[...foundOnce.difference(askedOnce)].map((name) => `${where}: nobody asked for ${name}`),
    ...repeated(where, found),
  ]
}

function repeated(where: string, names: readonly string[]): readonly string[] {
  const more = [...Map.groupBy(names, (name) => name)].filter(([, same]) => same.length > 1)
  return more.map(([name, same]) => `${where}: ${name} is there ${same.length} times`)
}

/** The fields that are not as they should be: another value, missing, or too many. */
export function differingFields(expected: object, found: object): readonly string[] {
  const [wanted, had] = [new Map(Object.entries(expected)), new Map(Object.entries(found))]
  return [...new Set([...wanted.keys(), ...had.keys()])].filter((field) => wanted.get(field) !== had.get(field))
}
