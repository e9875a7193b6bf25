import type { EventTables } from '@magasin/event-log/event-table'

/** The statement by which a bare driver records an event, and its values, in the order of the row's columns. */
export function insertEvent(event: EventTables['events']): {
  readonly text: string
  readonly values: (string | number | null)[]
} {
  const names = Object.keys(event).map((name) => `\`${name}\``)
  const text = `insert into events (${names.join()}) values (${names.map(() => '?').join()})`
  return { text, values: Object.values(event) }
}
