import type { LocaleName } from './locales/locales.ts'

/** An e-mail as a mailer is given it: nothing is left to decide but how it travels. */
export interface Email {
  /** Derived from the event's id, angle brackets included: the same however often the event is delivered. */
  readonly messageId: string
  /** One address, without control characters; never to be read as a list of several. */
  readonly to: string
  /** One line. */
  readonly subject: string
  /** A whole document, in UTF-8. */
  readonly html: string
  readonly text: string
  /** Without extension; letters, digits, `_` and `-`. */
  readonly fileName: string
  readonly locale: LocaleName
}
