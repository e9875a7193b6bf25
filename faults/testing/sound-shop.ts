import type { EventRecord } from '@magasin/contracts/event-record'
import { partitionOf } from '@magasin/contracts/partition-of'
import type { Acknowledged } from './check-shop.ts'
import { userTypeOf, type User } from './user.ts'

/** Evidence that a test may spoil. */
export interface Spoilable {
  acknowledged: Acknowledged[]
  events: { -readonly [Field in keyof EventRecord]: EventRecord[Field] }[]
  users: { -readonly [Field in keyof User]: User[Field] }[]
  exportLines: Record<string, unknown>[]
  files: Map<string, string>
}

/** What a shop holds in which users 1 to 40 were created, then 1 and 2 deleted. */
export function soundShop(): Spoilable {
  const everyone = Array.from({ length: 40 }, (_, i): User => {
    return { id: i + 1, name: `Person ${i + 1}`, email: `person-${i + 1}@example.com`, user_type_id: userTypeOf(i) }
  })
  const acknowledged: Acknowledged[] = [
    ...everyone.map((user) => ({ event: 'UserCreated' as const, user })),
    ...everyone.slice(0, 2).map((user) => ({ event: 'UserDeleted' as const, user })),
  ]
  const seqs = new Map<number, number>()
  const events = acknowledged.map(({ event, user }, i): EventRecord => {
    const stream = `user-${user.id}`
    const partition = partitionOf(stream, 8)
    const seq = (seqs.get(partition) ?? 0) + 1
    seqs.set(partition, seq)
    const time = '2026-01-01T00:00:00.000Z'
    const value = JSON.stringify({ event, ...user, datetime: time })
    const streamVersion = event === 'UserCreated' ? 1 : 2
    const numbers = { partition, seq, commandNo: i + 1, commandIndex: 0, streamVersion, schemaVersion: 2 }
    return {
      logId: 'log',
      topic: 'user-events',
      ...numbers,
      eventId: `e-${i}`,
      type: event,
      stream,
      time,
      causedBy: null,
      traceparent: null,
      value,
    }
  })
  const page = ({ email }: User) => `<!doctype html><html><p>${email}</p></html>\n`
  return {
    acknowledged,
    events,
    users: everyone.slice(2).map((user) => ({ ...user })),
    exportLines: events.map((event) => ({
      ...(JSON.parse(event.value) as Readonly<Record<string, unknown>>),
      topic: event.topic,
      partition: event.partition,
      seq: event.seq,
      command_no: event.commandNo,
      command_index: event.commandIndex,
      stream: event.stream,
      stream_version: event.streamVersion,
      schema_version: event.schemaVersion,
      event_id: event.eventId,
    })),
    files: new Map([
      ...everyone.map((user) => [`welcome_${user.id}.html`, page(user)] as const),
      ...everyone.slice(0, 2).map((user) => [`goodbye_${user.id}.html`, page(user)] as const),
    ]),
  }
}

/** The event of a stream that has this version. */
export const at = ({ events }: Spoilable, stream: string, version = 1) =>
  events.find((event) => event.stream === stream && event.streamVersion === version)!

/** Takes one item out of a list. */
export const remove = <T>(list: T[], item: T) => void list.splice(list.indexOf(item), 1)
