import type { EventRecord } from '@magasin/contracts/event-record'

/**
 * The tables that are the log, column by column: the event store writes them, the table log reads them.
 * `(topic, partition, seq)` is the key of `events`; `partition_counters` holds the last seq of each partition.
 */
export interface EventTables {
  events: {
    topic: string
    partition: number
    seq: number
    command_no: number
    command_index: number
    event_id: string
    type: string
    stream: string
    stream_version: number
    schema_version: number
    time: string
    caused_by: string | null
    traceparent: string | null
    value: string
  }
  partition_counters: { topic: string; partition: number; last_seq: number }
  /** One row, made with the store. */
  log_identity: { log_id: string }
}

/** The record in a row of `events`. */
export function recordOf(logId: string, row: EventTables['events']): EventRecord {
  return {
    logId,
    topic: row.topic,
    partition: row.partition,
    seq: row.seq,
    commandNo: row.command_no,
    commandIndex: row.command_index,
    eventId: row.event_id,
    type: row.type,
    stream: row.stream,
    streamVersion: row.stream_version,
    schemaVersion: row.schema_version,
    time: row.time,
    causedBy: row.caused_by,
    traceparent: row.traceparent,
    value: row.value,
  }
}

/** The row of `events` for a record. */
export function rowOf(record: EventRecord): EventTables['events'] {
  return {
    topic: record.topic,
    partition: record.partition,
    seq: record.seq,
    command_no: record.commandNo,
    command_index: record.commandIndex,
    event_id: record.eventId,
    type: record.type,
    stream: record.stream,
    stream_version: record.streamVersion,
    schema_version: record.schemaVersion,
    time: record.time,
    caused_by: record.causedBy,
    traceparent: record.traceparent,
    value: record.value,
  }
}
