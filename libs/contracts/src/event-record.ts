/** Something that happened, as a decision states it: not yet numbered, not yet stored. */
export interface DomainEvent {
  readonly type: string
  /** The fields that the event's schema names. */
  readonly data: object
}

/**
 * One event as it is stored and as it travels: numbered, its value still text. `(topic, partition, seq)` is its place in the log,
 * `(stream, streamVersion)` its place in its stream, `(commandNo, commandIndex)` its place in the history of the whole store.
 * `recordNames` says what each field is called in a row, in a header and in an export.
 */
export interface EventRecord {
  /** Identity of the log, a UUID made with the store. */
  readonly logId: string
  readonly topic: string
  readonly partition: number
  /** 1, 2, 3 … within the partition, in the order in which commands were carried out, without gaps. */
  readonly seq: number
  /** The number of the command that recorded it, within the store; events of one command share it. */
  readonly commandNo: number
  /** 0, 1, 2 … within the command. */
  readonly commandIndex: number
  /** UUIDv7. */
  readonly eventId: string
  readonly type: string
  readonly stream: string
  /** 1, 2, 3 … within the stream. */
  readonly streamVersion: number
  readonly schemaVersion: number
  /** The wall clock of the process that recorded it: ISO 8601, UTC, milliseconds. It may step back: nothing is ordered by it. */
  readonly time: string
  /** The id of the event to which the command was the answer; null for a command that somebody sent. */
  readonly causedBy: string | null
  /** W3C trace context of the request that caused it. */
  readonly traceparent: string | null
  /** The lab's flat JSON: `event`, the fields, `datetime`. It repeats `type` and `time`, for readers that know nothing else. */
  readonly value: string
}

/** What a field of a record is called in the event table, in the headers of a Kafka record and in a line of an export. */
export const recordNames = {
  logId: { column: null, header: 'logid', exported: null },
  topic: { column: 'topic', header: null, exported: 'topic' },
  partition: { column: 'partition', header: null, exported: 'partition' },
  seq: { column: 'seq', header: 'seq', exported: 'seq' },
  commandNo: { column: 'command_no', header: 'commandno', exported: 'command_no' },
  commandIndex: { column: 'command_index', header: 'commandindex', exported: 'command_index' },
  eventId: { column: 'event_id', header: 'ce_id', exported: 'event_id' },
  type: { column: 'type', header: 'ce_type', exported: 'event' },
  stream: { column: 'stream', header: 'ce_subject', exported: 'stream' },
  streamVersion: { column: 'stream_version', header: 'streamversion', exported: 'stream_version' },
  schemaVersion: { column: 'schema_version', header: 'schemaversion', exported: 'schema_version' },
  time: { column: 'time', header: 'ce_time', exported: 'datetime' },
  causedBy: { column: 'caused_by', header: 'causedby', exported: 'caused_by' },
  traceparent: { column: 'traceparent', header: 'traceparent', exported: null },
  value: { column: 'value', header: null, exported: null },
} as const satisfies {
  readonly [Field in keyof EventRecord]: {
    readonly column: string | null
    readonly header: string | null
    readonly exported: string | null
  }
}

/** A record whose value was read, checked and brought to today's schema version. */
export type DecodedEvent<Event extends DomainEvent = DomainEvent> = Event & { readonly record: EventRecord }
