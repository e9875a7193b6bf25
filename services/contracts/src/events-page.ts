import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventDefinition, TopicDefinition } from '@magasin/contracts/define-family'
import type { TSchema } from 'typebox'

/** Somebody who listens to events. */
export interface Listener {
  /** As it stands in a sentence. */
  readonly name: string
  /** Of which types. */
  readonly types: readonly string[]
}

/** `docs/reference/events.md`: every topic and every event of a catalogue, and who listens, in Markdown. */
export function eventsPage(catalogue: Catalogue, listeners: readonly Listener[]): string {
  const topics = [...catalogue.topics.values()]
  const events = [...catalogue.events.values()]
  const sections = topics.map((topic) =>
    topicSection(
      topic,
      events.filter((event) => event.topic === topic),
      listeners,
    ),
  )
  return `${[head, ...sections].join('\n\n')}\n`
}

const head = `# Events

Every event of the shop, by its topic. This page is made from the families in \`services/contracts/src/families/\` and from what each service declares
to listen to (\`npm run docs\`), and a test compares it.

A record's key is its stream, its value the JSON below: \`event\`, the fields, \`datetime\`. Its headers are those of a CloudEvent (\`ce_id\`, \`ce_type\`, \`ce_source\`,
\`ce_time\`, \`ce_subject\`, \`ce_specversion\`), then \`logid\`, \`seq\`, \`commandno\`, \`commandindex\`, \`streamversion\`, \`schemaversion\`, and \`causedby\` and \`traceparent\` if there are any.`

function topicSection(
  topic: TopicDefinition,
  events: readonly EventDefinition[],
  listeners: readonly Listener[],
): string {
  const { name, owner, partitions, retention } = topic
  const kept =
    retention === null
      ? 'a broker keeps them for ever'
      : `a broker keeps them for ${retention.ms / 3_600_000} hours or ${retention.bytesPerPartition / 1_048_576} MiB a partition`
  return [
    `## ${name}`,
    `Recorded by ${owner}, in ${partitions} partitions; ${kept}. ${listenersOf(events, listeners)}`,
    ...events.map((event) => eventSection(event)),
  ].join('\n\n')
}

function listenersOf(events: readonly EventDefinition[], listeners: readonly Listener[]): string {
  const told = listeners.flatMap(({ name, types }) => {
    const heard = events.filter(({ type }) => types.includes(type))
    if (heard.length === 0) return []
    return heard.length === events.length ? [name] : [`${name} (${heard.map(({ type }) => type).join(', ')})`]
  })
  return `Listeners: ${told.length === 0 ? 'none in the shop' : told.join('; ')}.`
}

function eventSection({
  type,
  schemaVersion,
  schema,
  personal,
  beginsStream,
  streamOf,
  sample,
}: EventDefinition): string {
  const stream = `${beginsStream ? 'Begins' : 'Belongs to'} a stream such as \`${streamOf(sample)}\`.`
  const rows = Object.entries(schema.properties).map(
    ([field, of]) => `| \`${field}\` | ${typeOf(of)} | ${personal.includes(field) ? 'yes' : ''} |`,
  )
  const value = JSON.stringify({ event: type, ...sample, datetime: '2026-01-01T00:00:00.000Z' })
  return [
    `### ${type}`,
    `Schema version ${schemaVersion}. ${stream}`,
    ['| field | type | personal |', '|---|---|---|', ...rows].join('\n'),
    ['```json', value, '```'].join('\n'),
  ].join('\n\n')
}

/** A schema in words: what a reader may expect. */
function typeOf(schema: TSchema): string {
  const any = schema as TSchema & {
    readonly type?: string
    readonly anyOf?: readonly TSchema[]
    readonly const?: unknown
  }
  if (any.anyOf !== undefined) return any.anyOf.map(typeOf).join(' or ')
  if (any.const !== undefined) return `\`${JSON.stringify(any.const)}\``
  return any.type ?? 'any'
}
