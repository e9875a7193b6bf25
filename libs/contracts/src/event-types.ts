import type { Static } from 'typebox'
import { UserCreated } from './events/user-created.ts'
import { UserDeleted } from './events/user-deleted.ts'

/** Every type of event, by its name. A new one is a file in `events/` and a line here. */
export const eventTypes = { UserCreated, UserDeleted } as const

export type EventType = keyof typeof eventTypes

/** What an event of type `T` carries, in today's schema version. */
export type EventData<T extends EventType> = Readonly<Static<(typeof eventTypes)[T]['schema']>>

/** Something that happened, as a decision states it: not yet numbered, not yet stored. */
export type DomainEvent<T extends EventType = EventType> = {
  readonly [K in T]: { readonly type: K; readonly data: EventData<K> }
}[T]

/** Whether `type` names an event that this version of Magasin knows. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventTypes, type)
}
