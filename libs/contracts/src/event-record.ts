import type { DomainEvent, EventType } from './event-types.ts'

/**
 * One event as it is stored and as it travels: numbered, its value still text.
 * `(topic, partition, seq)` is its place in the log, `(stream, streamVersion)` its place in its stream,
 * `commit` its place in the history of the whole store.
 */
export interface EventRecord {
  /** Identity of the log, a UUID made with the store. */
  readonly logId: string
  readonly topic: string
  readonly partition: number
  /** 1, 2, 3 … within the partition, in commit order, without holes. */
  readonly seq: number
  /** The number of the command that recorded it; events of one command share it. */
  readonly commit: number
  /** UUIDv7. */
  readonly id: string
  readonly type: string
  readonly stream: string
  /** 1, 2, 3 … within the stream. */
  readonly streamVersion: number
  readonly schemaVersion: number
  /** When it happened: ISO 8601, UTC, milliseconds. */
  readonly time: string
  /** W3C trace context of the request that caused it. */
  readonly traceparent: string | null
  /** The lab's flat JSON: `event`, the fields, `datetime`. */
  readonly value: string
}

/** A record whose value was read, checked and brought to today's schema version. */
export type DecodedEvent<T extends EventType = EventType> = DomainEvent<T> & { readonly record: EventRecord }
