import { eventTypes, isEventType } from './event-types.ts'

/** A copy of an event's flat value in which what tells something about a person is replaced by `***`; an unknown type is masked whole. */
export function maskPersonal(type: string, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const open = new Set(['event', 'datetime', 'id'])
  const personal: readonly string[] = isEventType(type)
    ? eventTypes[type].personal
    : Object.keys(value).filter((key) => !open.has(key))
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, personal.includes(key) ? '***' : field]))
}
