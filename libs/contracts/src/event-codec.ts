import { Compile } from 'typebox/compile'
import type { DecodedEvent, EventRecord } from './event-record.ts'
import { eventTypes, isEventType, type DomainEvent, type EventType } from './event-types.ts'
import { MagasinError } from './magasin-error.ts'
import { upcast } from './upcast.ts'

/**
 * The largest value that is stored, in bytes of UTF-8. Far above any event of ours, far below the 1 MB at which a Kafka broker
 * refuses a record: what was committed here must never be refused there.
 */
export const maxValueBytes = 256 * 1024

const validators = Object.fromEntries(
  Object.values(eventTypes).map((definition) => [definition.type, Compile(definition.schema)]),
)

/**
 * The value of an event: the lab's flat JSON, `{"event": …, the fields, "datetime": …}`.
 * Throws EVENT_INVALID or EVENT_TOO_LARGE, naming the field and never its content, so that nothing unreadable is ever committed.
 */
export function encodeEvent(event: DomainEvent, datetime: string): string {
  checkData(event.type, event.data)
  const value = JSON.stringify({ event: event.type, ...event.data, datetime })
  const bytes = Buffer.byteLength(value)
  if (bytes > maxValueBytes)
    throw new MagasinError(
      'EVENT_TOO_LARGE',
      `${event.type} takes ${bytes} bytes; at most ${maxValueBytes} can be stored`,
    )
  return value
}

/**
 * Reads a record back: parses its value, brings it to today's schema version and checks it.
 * Throws EVENT_TYPE_UNKNOWN, EVENT_SCHEMA_NEWER or EVENT_INVALID: all permanent, so a subscriber parks such a record.
 */
export function decodeEvent(record: EventRecord): DecodedEvent {
  const { type } = record
  if (!isEventType(type))
    throw new MagasinError(
      'EVENT_TYPE_UNKNOWN',
      `no event type is called ${type}; a newer version of Magasin may know it`,
    )
  const { event: _event, datetime: _datetime, ...stored } = parseValue(record)
  const data = upcast(eventTypes[type], record.schemaVersion, stored)
  checkData(type, data)
  return { type, data, record } as DecodedEvent
}

function parseValue(record: EventRecord): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(record.value)
  } catch (cause) {
    throw new MagasinError('EVENT_INVALID', `the value of event ${record.id} is not JSON`, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new MagasinError('EVENT_INVALID', `the value of event ${record.id} is not a JSON object`)
  return parsed as Record<string, unknown>
}

function checkData(type: EventType, data: unknown): void {
  const validator = validators[type]!
  if (!validator.Check(data)) {
    const [first] = validator.Errors(data)
    const field = first === undefined ? '' : first.instancePath.slice(1)
    throw new MagasinError(
      'EVENT_INVALID',
      `${type}: ${field === '' ? 'the data' : `field ${field}`} ${first?.message ?? 'is invalid'}`,
      {
        facts: { type, field },
      },
    )
  }
}
