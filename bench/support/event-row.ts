import { partitionOf } from '@magasin/contracts/partition-of'
import type { EventTables } from '@magasin/event-log/event-table'
import { shopCatalogue, type ShopEvent } from '@magasin/shop-contracts/shop-catalogue'

/** What the event store gives an event. */
export interface EventNumbers {
  readonly seq: number
  readonly commandNo: number
  /** In its command, from 0. */
  readonly index: number
  /** In its stream, from 1. */
  readonly version: number
  /** Grows with each event, as UUIDv7 does: a random id would make the index of a bare loop slower than ours. */
  readonly eventNo: number
}

/** Where the event store would put an event. */
export function placeOfEvent({ type, data }: ShopEvent) {
  const { topic, streamOf } = shopCatalogue.event(type)
  const stream = streamOf(data)
  return { topic: topic.name, stream, partition: partitionOf(stream, topic.partitions) }
}

/** An event as the event store would record it. */
export function eventRow(event: ShopEvent, numbers: EventNumbers): EventTables['events'] {
  const { seq, commandNo, index, version, eventNo } = numbers
  const { topic, stream, partition } = placeOfEvent(event)
  const time = new Date().toISOString()
  return {
    topic,
    partition,
    seq,
    command_no: commandNo,
    command_index: index,
    event_id: `01990000-0000-7000-8000-${hex(eventNo, 12)}`,
    type: event.type,
    stream,
    stream_version: version,
    schema_version: shopCatalogue.event(event.type).schemaVersion,
    time,
    caused_by: null,
    traceparent: `00-${hex(commandNo, 32)}-${hex(commandNo, 16)}-00`,
    value: shopCatalogue.encode(event, time),
  }
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
