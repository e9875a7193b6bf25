import type { Static, TObject } from 'typebox'

/** Turns the data of one schema version into the next one's. Pure; must accept whatever that version could hold. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/** One type of event, as its family declares it. */
export interface EventSpec<Schema extends TObject = TObject> {
  /** The version in which the event is written today; starts at 1. */
  readonly schemaVersion: number
  /** The fields of `data` in that version. */
  readonly schema: Schema
  /** `upcasters[v]` leads from version v to v + 1: one for every version older than today's. */
  readonly upcasters?: Readonly<Record<number, Upcaster>>
  /** The fields that tell something about a person: shown masked, never logged. */
  readonly personal?: readonly string[]
  /** The event is the first of its stream, always: nobody has to look which version comes next. */
  readonly beginsStream?: boolean
  /** A valid event of today's version, for documentation and tests. */
  readonly sample: Static<Schema>
}

/** How long a broker keeps the records of a topic. The event table always keeps them. */
export interface Retention {
  readonly ms: number
  readonly bytesPerPartition: number
  readonly segmentBytes: number
}

/** What a topic is made with. */
export interface TopicDefinition {
  readonly name: string
  /** The service whose store records the events: it alone makes counters for the topic, relays and republishes it. */
  readonly owner: string
  /** Can never change: it decides where each stream lives. */
  readonly partitions: number
  /** Null keeps records for ever. */
  readonly retention: Retention | null
}

/** All that is known of one type of event. */
export interface EventDefinition extends Required<EventSpec> {
  readonly type: string
  readonly topic: TopicDefinition
  /** The stream to which an event with this data belongs. */
  readonly streamOf: (data: object) => string
}

/** What a family is declared with. */
interface FamilySpec<Events extends Readonly<Record<string, EventSpec>>> {
  /** One topic for the whole family, never one for each type: what happens to one stream stays in order. */
  readonly topic: string
  readonly owner: string
  /** Default 8: more than the subscribers of a small shop, few enough that an idle topic costs nothing. */
  readonly partitions?: number
  /** Default null: a service that comes later builds its state from the first event on. */
  readonly retention?: Retention | null
  /** Every type of event, by its name. */
  readonly events: Events
  /** The stream of an event; it decides the partition, and what stays in order with what. Pure. */
  readonly streamOf: (data: EventData<Events[keyof Events]>) => string
}

/** What an event of a type carries, in today's schema version. */
export type EventData<Spec extends EventSpec> = Readonly<Static<Spec['schema']>>

/** A family of events: one topic and all that is recorded in it. */
export interface Family<Events extends Readonly<Record<string, EventSpec>> = Readonly<Record<string, EventSpec>>> {
  readonly topic: TopicDefinition
  readonly events: { readonly [Type in keyof Events]: EventDefinition }
  /** For types only: what the events are declared with. */
  readonly specs: Events
}

/** The events of a family as values: a union over its types. */
export type EventOf<F extends Family> = {
  [Type in keyof F['specs'] & string]: { readonly type: Type; readonly data: EventData<F['specs'][Type]> }
}[keyof F['specs'] & string]

/** Declares a family of events, in one place. Topics, counters, types and the reference page follow from it. */
export function defineFamily<const Events extends Readonly<Record<string, EventSpec>>>(
  spec: FamilySpec<Events>,
): Family<Events> {
  const { topic: name, owner, partitions = 8, retention = null, events: specs } = spec
  const topic = { name, owner, partitions, retention }
  const streamOf = spec.streamOf as EventDefinition['streamOf']
  const define = ([type, event]: [string, EventSpec]): [string, EventDefinition] => [
    type,
    { upcasters: {}, personal: [], beginsStream: false, ...event, type, topic, streamOf },
  ]
  const events = Object.fromEntries(Object.entries<EventSpec>(specs).map(define)) as Family<Events>['events']
  return { topic, events, specs }
}
