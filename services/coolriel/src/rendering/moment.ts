import { shop } from './shop.ts'

/** A moment on the shop's calendar and clock. */
export interface ShopMoment {
  readonly year: number
  /** In words, in the language asked for. */
  readonly month: string
  readonly day: number
  /** 0 to 23. */
  readonly hour: number
  readonly minute: number
}

/**
 * Where the shop's calendar and clock stood at `time` (ISO 8601), with the month in `language` (BCP 47).
 * Only the parts come from Intl: the spaces and words between them have changed from one release of its data to the next,
 * and an e-mail that is sent again must have the same bytes.
 */
export function shopMoment(time: string, language: string): ShopMoment {
  const parts = Object.fromEntries(
    formatOf(language)
      .formatToParts(new Date(time))
      .map(({ type, value }) => [type, value]),
  )
  return {
    year: Number(parts['year']),
    month: parts['month']!,
    day: Number(parts['day']),
    hour: Number(parts['hour']),
    minute: Number(parts['minute']),
  }
}

/** Making a format costs more than the rest of an e-mail together; there are as many as there are languages. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(language: string): Intl.DateTimeFormat {
  const known = formats.get(language)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(language, {
    timeZone: shop.timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  formats.set(language, format)
  return format
}
