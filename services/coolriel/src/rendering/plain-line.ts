/**
 * The text on one line, fit for a header: a run of control characters or line separators becomes one space.
 * A line break in a subject would let whoever chose the name write headers of their own.
 */
export function plainLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}
