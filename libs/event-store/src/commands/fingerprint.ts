import { createHmac } from 'node:crypto'

/**
 * HMAC-SHA-256 (RFC 2104), in hex, of a JSON value with its members sorted: the same request written in another order is the same.
 * Keyed, because a plain hash of a short body can be guessed back from a copy of the database.
 */
export function fingerprint(secret: string, content: unknown): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(sorted(content)) ?? '')
    .digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}
