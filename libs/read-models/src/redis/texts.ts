import type { PartitionRef, Position } from '@magasin/event-log/event-log'
import type { Cell } from '../step.ts'

// Redis sorts members of one score as texts, so numbers become texts that sort as the numbers do: all of one length, moved above zero.
const above = 2n ** 53n
const digits = 17

export const sortableOf = (value: number): string => (BigInt(value) + above).toString().padStart(digits, '0')

export const numberIn = (sortable: string): number => Number(BigInt(sortable) - above)

/** A cell as text: its kind, then what it holds. No text is empty. */
export const textOf = (cell: Cell): string => (typeof cell === 'number' ? `n${sortableOf(cell)}` : `s${cell}`)

/** The fields of a record, from the JSON of their texts. */
export function fieldsIn(json: string): Readonly<Record<string, Cell>> {
  const texts = Object.entries(JSON.parse(json) as Record<string, string>)
  return Object.fromEntries(texts.map(([field, text]) => [field, cellIn(text)]))
}

const cellIn = (text: string): Cell => (text.startsWith('n') ? numberIn(text.slice(1)) : text.slice(1))

/** The name of a partition among the positions. */
export const placeOf = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`

/** A position as text: the same position is the same text, so that two can be compared in Redis. */
export const positionTextOf = ({ logId, seq, eventId }: Position): string => JSON.stringify([logId, seq, eventId])

export function positionIn(text: string): Position {
  const [logId, seq, eventId] = JSON.parse(text) as [string, number, string | null]
  return { logId, seq, eventId }
}

/** What HGETALL answers of the positions. */
export function positionsIn(reply: readonly string[]): readonly (PartitionRef & Position)[] {
  return Array.from({ length: reply.length / 2 }, (_, i) => {
    const place = reply[2 * i]!
    const slash = place.lastIndexOf('/')
    const at = { topic: place.slice(0, slash), partition: Number(place.slice(slash + 1)) }
    return { ...at, ...positionIn(reply[2 * i + 1]!) }
  })
}
