import { Errors } from 'typebox/value'
import { dataFaultOf } from './data-fault.ts'
import type { EventDefinition, Family, TopicDefinition } from './define-family.ts'
import { recordNames } from './event-record.ts'
import { MagasinError } from './magasin-error.ts'

/** The event table has so much room, and compares byte by byte: topics and types are 100 characters, streams 200, all ASCII. */
const topicName = /^(?!\.{1,2}$)[\w.-]{1,100}$/
const typeName = /^[\x21-\x7e]{1,100}$/
const streamName = /^[\x21-\x7e]{1,200}$/
/** What a template makes of a field that is not there. */
const nothingThere = /\b(undefined|null|NaN)\b|\[object /

/** What an export, or the stored value itself, adds to the fields of an event: a field of that name could never be read again. */
const takenNames: ReadonlySet<string> = new Set(
  Object.values(recordNames).flatMap(({ exported }) => (exported === null ? [] : [exported])),
)

/**
 * Throws FAMILY_INVALID, which lists every mistake in the declarations that a type cannot show: with the family, the field, its value
 * and what to do. Found here before anything is stored: most of them could not be mended afterwards.
 */
export function checkFamilies(families: readonly Family[]): void {
  const faults = [...families.flatMap(faultsOfFamily), ...declaredTwice(families)]
  if (faults.length > 0)
    throw new MagasinError(
      'FAMILY_INVALID',
      `the families of events are not declared rightly:\n  ${faults.join('\n  ')}`,
    )
}

function faultsOfFamily({ topic, events }: Family): readonly string[] {
  const faults = [
    ...faultsOfTopic(topic),
    ...Object.values(events).flatMap((event) =>
      [...faultsOfShape(event), ...faultsOfVersions(event), ...faultsOfSample(event)].map(
        (fault) => `${event.type}: ${fault}`,
      ),
    ),
  ]
  return faults.map((fault) => `family ${topic.name}: ${fault}`)
}

function faultsOfTopic({ name, partitions, retention }: TopicDefinition): readonly string[] {
  const counts = { partitions, ...(retention === null ? {} : prefixed('retention', { ...retention })) }
  return [
    ...(topicName.test(name)
      ? []
      : [`topic is ${quote(name)}: take 1 to 100 letters, digits, dots, hyphens or underscores`]),
    ...Object.entries(counts).flatMap(([field, value]) => faultOfCount(field, value)),
  ]
}

/** The names of its fields, and of the event itself. */
function faultsOfShape({ type, schema, personal }: EventDefinition): readonly string[] {
  const fields = Object.keys(schema.properties)
  return [
    ...(typeName.test(type) ? [] : [`the type is ${quote(type)}: take 1 to 100 visible ASCII characters`]),
    ...fields
      .filter((field) => takenNames.has(field))
      .map((field) => `the schema has a field ${field}, a name that every record uses: take another`),
    ...((schema as { readonly additionalProperties?: unknown }).additionalProperties === false
      ? []
      : ['the schema takes any field: give it { additionalProperties: false }']),
    ...personal
      .filter((field) => !fields.includes(field))
      .map((field) => `personal names ${quote(field)}, which is no field: take one of ${fields.join(', ')}`),
  ]
}

/** That every older version leads to today's is `checkUpcasters`. */
function faultsOfVersions({ schemaVersion, upcasters }: EventDefinition): readonly string[] {
  return [
    ...faultOfCount('schemaVersion', schemaVersion),
    ...Object.keys(upcasters)
      .filter((version) => !(Number(version) >= 1 && Number(version) < schemaVersion))
      .map(
        (version) =>
          `there is an upcaster from version ${version}, and today’s is ${schemaVersion}: raise schemaVersion`,
      ),
  ]
}

function faultsOfSample({ type, schema, sample, streamOf }: EventDefinition): readonly string[] {
  const fault = dataFaultOf(type, Errors(schema, sample))
  if (fault !== undefined) return [`the sample does not fit the schema: ${fault.says}`]
  let stream: unknown
  try {
    stream = streamOf(sample)
  } catch (error) {
    return [`streamOf throws for the sample: ${String(error)}`]
  }
  if (typeof stream === 'string' && streamName.test(stream) && !nothingThere.test(stream)) return []
  return [
    `streamOf makes ${quote(stream)} of the sample: make 1 to 200 visible ASCII characters, of fields that are there`,
  ]
}

function declaredTwice(families: readonly Family[]): readonly string[] {
  const names = (family: Family): string => `${family.topic.name} (${Object.keys(family.events).join(', ')})`
  const later = families.flatMap((family, i) => families.slice(0, i).map((before) => [before, family] as const))
  return later.flatMap(([before, family]) => [
    ...(before.topic.name === family.topic.name
      ? [
          `two families have the topic ${family.topic.name}, ${names(before)} and ${names(family)}: give one another name`,
        ]
      : []),
    ...Object.keys(family.events)
      .filter((type) => Object.hasOwn(before.events, type))
      .map(
        (type) => `families ${before.topic.name} and ${family.topic.name} both declare ${type}: give one another name`,
      ),
  ])
}

function faultOfCount(field: string, value: unknown): readonly string[] {
  return Number.isSafeInteger(value) && Number(value) >= 1
    ? []
    : [`${field} is ${quote(value)}: take a whole number from 1 up`]
}

const prefixed = (prefix: string, fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${prefix}.${field}`, value]))

const quote = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))
