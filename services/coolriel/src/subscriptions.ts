import type { DecodedEvent } from '@magasin/contracts/event-record'
import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import type { Subscription } from '@magasin/subscribers/subscription'
import { emails } from './emails/emails.ts'
import type { Mailer } from './mailers/mailer.ts'
import { renderEmail } from './rendering/render-email.ts'

// An e-mail that is written to a folder again is the same file again, so that nobody sees the repeats of a crash.
const eventsPerTransaction = 50

const emailOf = new Map<string, (typeof emails)[number]>(emails.map((email) => [email.on, email]))

/** What Coolriel listens to: every event from which an e-mail follows. */
export function emailSubscription(mailer: Mailer, group: string): Subscription {
  return {
    group,
    topic: 'user-events',
    handles: [...emailOf.keys()],
    handle: (event, { signal }) =>
      mailer.send(renderEmail(emailOf.get(event.type)!, event as DecodedEvent<ShopEvent>), signal),
    eventsPerTransaction,
  }
}
