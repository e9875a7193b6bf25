import { MagasinError } from '@magasin/contracts/magasin-error'
import type { PlacedPosition, Position } from '@magasin/event-log/event-log'
import type { Cell } from '../step.ts'

// Redis sorts members of one score as texts, so numbers become texts that sort as the numbers do: all of one length, moved above zero.
const above = 2n ** 53n
const digits = 17

export const sortableOf = (value: number): string => (BigInt(value) + above).toString().padStart(digits, '0')

export function numberIn(sortable: string): number {
  if (!/^\d{17}$/.test(sortable)) throw unreadable()
  const number = Number(BigInt(sortable) - above)
  if (!Number.isSafeInteger(number)) throw unreadable()
  return number
}

/** A score, which is kept negative. One that no step can make (`-inf`) stops at the bound, as all do. */
export function scoreIn(kept: string): number {
  const score = -Number(kept.replace('inf', 'Infinity'))
  return Math.min(Math.max(score, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

/** A cell as text: its kind, then what it holds. No text is empty. */
export const textOf = (cell: Cell): string => (typeof cell === 'number' ? `n${sortableOf(cell)}` : `s${cell}`)

/** The fields of a document, from the JSON of their texts. */
export function fieldsIn(json: string): Readonly<Record<string, Cell>> {
  const found = jsonIn(json)
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw unreadable()
  const texts = Object.entries(found)
  return Object.fromEntries(texts.map(([field, text]) => [field, cellIn(text)]))
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable()
  }
}

// Not what Redis has: it may hold data of people.
const unreadable = () =>
  new MagasinError(
    'READ_MODELS_UNAVAILABLE',
    'Redis holds something of the read models that nobody of ours wrote: build them anew by `magasin read-models rebuild`',
  )

function cellIn(text: unknown): Cell {
  if (typeof text !== 'string') throw unreadable()
  return text.startsWith('n') ? numberIn(text.slice(1)) : text.slice(1)
}

/** A position as text: the same position is the same text, so that two can be compared in Redis. */
export const positionTextOf = ({ logId, seq, eventId }: Position): string => JSON.stringify([logId, seq, eventId])

/** A text that none of ours wrote is a position of no log: whoever follows the log from there finds that it is another one. */
export function positionIn(text: string): Position {
  const [logId, seq, eventId] = partsIn(text)
  if (typeof logId === 'string' && Number.isSafeInteger(seq) && (typeof eventId === 'string' || eventId === null))
    return { logId, seq: seq as number, eventId }
  return { logId: '', seq: 0, eventId: null }
}

function partsIn(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(text)
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

/** What HGETALL answers of the positions. */
export function positionsIn(reply: readonly string[]): readonly PlacedPosition[] {
  return Array.from({ length: reply.length / 2 }, (_, i) => {
    const place = reply[2 * i]!
    const slash = place.lastIndexOf('/')
    const at = { topic: place.slice(0, slash), partition: Number(place.slice(slash + 1)) }
    return { ...at, ...positionIn(reply[2 * i + 1]!) }
  })
}
