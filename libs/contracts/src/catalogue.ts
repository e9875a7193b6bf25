import { Compile, type Validator } from 'typebox/compile'
import { checkFamilies } from './check-families.ts'
import { dataFaultOf } from './data-fault.ts'
import type { EventDefinition, Family, TopicDefinition } from './define-family.ts'
import type { ErrorKind } from './error-kinds.ts'
import { errors as libraryErrors } from './errors.ts'
import type { DecodedEvent, DomainEvent, EventRecord } from './event-record.ts'
import { MagasinError } from './magasin-error.ts'
import { checkUpcasters, upcast } from './upcast.ts'

/**
 * The largest value that is stored, in bytes of UTF-8. Far above any event of a shop, far below the 1 MB at which a Kafka broker
 * refuses a record: what was committed here must never be refused there.
 */
export const maxValueBytes = 256 * 1024

/** What an application brings: the families of its events, and its own kinds of error. */
export interface Application {
  readonly families: readonly Family[]
  readonly errors?: Readonly<Record<string, ErrorKind>>
}

/**
 * The events and topics of an application. The libraries know no event by name: stores, logs and subscribers are given this.
 * The constructor throws FAMILY_INVALID and UPCASTER_MISSING: nobody starts with a family that is declared wrongly.
 */
export class Catalogue {
  /** By name. */
  readonly topics: ReadonlyMap<string, TopicDefinition>
  /** By type. */
  readonly events: ReadonlyMap<string, EventDefinition>
  readonly #errors: Readonly<Record<string, ErrorKind>>
  readonly #validators = new Map<string, Validator>()

  constructor({ families, errors = {} }: Application) {
    checkFamilies(families)
    this.topics = new Map(families.map(({ topic }) => [topic.name, topic]))
    this.events = new Map(families.flatMap(({ events }) => Object.entries(events)))
    this.#errors = errors
    for (const definition of this.events.values()) {
      checkUpcasters(definition)
      this.#validators.set(definition.type, Compile(definition.schema))
    }
  }

  /** The topics whose events a service records. */
  topicsOf(owner: string): readonly TopicDefinition[] {
    return [...this.topics.values()].filter((topic) => topic.owner === owner)
  }

  /** Throws for a name that no family declares. */
  topic(name: string): TopicDefinition {
    const topic = this.topics.get(name)
    if (topic === undefined) throw new Error(`no family declares a topic called ${name}`)
    return topic
  }

  /** Throws EVENT_TYPE_UNKNOWN. */
  event(type: string): EventDefinition {
    const definition = this.events.get(type)
    if (definition === undefined)
      throw new MagasinError(
        'EVENT_TYPE_UNKNOWN',
        `no event type is called ${type}: the types are ${[...this.events.keys()].join(', ')}`,
      )
    return definition
  }

  /** The kind of error with a code, of the libraries or of the application; INTERNAL if neither has it any more. */
  errorKind(code: string): ErrorKind {
    const ofLibraries: Readonly<Record<string, ErrorKind>> = libraryErrors
    return this.#errors[code] ?? ofLibraries[code] ?? libraryErrors.INTERNAL
  }

  /**
   * The value of an event: the lab's flat JSON, `{"event": …, the fields, "datetime": …}`.
   * Throws EVENT_INVALID or EVENT_TOO_LARGE, naming the field and never its content, so that nothing unreadable is ever committed.
   */
  encode({ type, data }: DomainEvent, datetime: string): string {
    this.#checkData(this.event(type), data)
    const value = JSON.stringify({ event: type, ...data, datetime })
    // A character takes at most three bytes of UTF-8: most values need not be counted.
    if (value.length * 3 > maxValueBytes) checkSize(type, value)
    return value
  }

  /**
   * Reads a record back: parses its value, brings it to today's schema version and checks it.
   * Throws EVENT_TYPE_UNKNOWN, EVENT_SCHEMA_NEWER or EVENT_INVALID, all of which park it.
   */
  decode(record: EventRecord): DecodedEvent {
    const { type } = record
    const definition = this.events.get(type)
    if (definition === undefined)
      throw new MagasinError(
        'EVENT_TYPE_UNKNOWN',
        `no event type is called ${type}; a newer version of the program may know it`,
      )
    const { event: _event, datetime: _datetime, ...stored } = parseValue(record)
    const data = upcast(definition, record.schemaVersion, stored)
    this.#checkData(definition, data)
    return { type, data, record }
  }

  /**
   * A copy of an event's flat value with `***` for all but what is known to tell nothing about a person. So a field that only another
   * schema version has is masked, and an unknown type is masked whole.
   */
  maskPersonal(type: string, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const definition = this.events.get(type)
    const known = definition === undefined ? ['id'] : Object.keys(definition.schema.properties)
    const open = new Set(['event', 'datetime', ...known.filter((field) => !definition?.personal.includes(field))])
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, open.has(key) ? field : '***']))
  }

  #checkData({ type }: EventDefinition, data: unknown): void {
    const validator = this.#validators.get(type)!
    if (validator.Check(data)) return
    const { field, says } = dataFaultOf(type, validator.Errors(data))!
    throw new MagasinError('EVENT_INVALID', says, { facts: { type, field } })
  }
}

function checkSize(type: string, value: string): void {
  const bytes = Buffer.byteLength(value)
  if (bytes > maxValueBytes)
    throw new MagasinError('EVENT_TOO_LARGE', `${type} takes ${bytes} bytes; at most ${maxValueBytes} can be stored`)
}

function parseValue(record: EventRecord): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(record.value)
  } catch (cause) {
    throw new MagasinError('EVENT_INVALID', `the value of event ${record.eventId} is not JSON`, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new MagasinError('EVENT_INVALID', `the value of event ${record.eventId} is not a JSON object`)
  return parsed as Record<string, unknown>
}
