import type { Email } from '../rendering/email.ts'

/**
 * Where finished e-mails go.
 *
 * Guarantees:
 * - `send` resolves only when the e-mail can no longer be lost: it is on disk, or the next server has accepted it.
 * - What is sent again under the same messageId can be known for the same e-mail by whoever finds it twice.
 * - `send` throws RECIPIENT_REFUSED when this e-mail will never be taken; whatever else it throws means: try again.
 * - A `send` whose signal is aborted before the e-mail is handed over rejects with the signal's reason and delivers nothing.
 * - `check` resolves when an e-mail could be sent now, sends none, and else throws what is wrong.
 * - `close` may be called more than once, after the last send has settled.
 *
 * An adapter may not assume that an e-mail comes once, that sends come one by one, or that anyone calls `close`.
 */
export interface Mailer {
  send(email: Email, signal?: AbortSignal): Promise<void>
  check(): Promise<void>
  close(): Promise<void>
}
