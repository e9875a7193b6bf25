import type { DecodedEvent } from '@magasin/contracts/event-record'
import type { Subscription } from '@magasin/subscribers/subscription'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { catalogue } from './emails/catalogue.ts'
import { renderEmail } from './emails/render-email.ts'
import type { Mailer } from './mailers/mailer.ts'

// An e-mail that is written to a folder again is the same file again, so that nobody sees the repeats of a crash.
const eventsPerTransaction = 50

/** What Coolriel listens to: every event from which an e-mail follows. */
export function userEmails(mailer: Mailer, group: string): Subscription {
  return {
    group,
    topic: 'user-events',
    handles: Object.keys(catalogue),
    handle: (event, { signal }) => mailer.send(renderEmail(event as DecodedEvent<UserEvent>), signal),
    eventsPerTransaction,
  }
}
