import type { Static, TObject } from 'typebox'
import type { TopicName } from './topics.ts'

/** Turns the data of one schema version into the next one's. Pure; must accept whatever that version could hold. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/** All that is known of one type of event, in one place. */
export interface EventDefinition<Type extends string = string, Schema extends TObject = TObject> {
  readonly type: Type
  readonly topic: TopicName
  /** The version in which the event is written today; starts at 1. */
  readonly schemaVersion: number
  /** The fields of `data` in that version. */
  readonly schema: Schema
  /** `upcasters[v]` leads from version v to v + 1: one for every version older than today's. */
  readonly upcasters: Readonly<Record<number, Upcaster>>
  /** The fields that tell something about a person: shown masked, never logged. */
  readonly personal: readonly (keyof Static<Schema> & string)[]
  /** The stream to which an event with this data belongs. */
  readonly streamOf: (data: Static<Schema>) => string
  /** A valid event of today's version, for documentation and tests. */
  readonly sample: Static<Schema>
}

/** Types an event's definition from its schema. */
export function defineEvent<Type extends string, Schema extends TObject>(
  definition: EventDefinition<Type, Schema>,
): EventDefinition<Type, Schema> {
  return definition
}
