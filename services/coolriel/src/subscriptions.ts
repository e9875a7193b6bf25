import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { outside } from '@magasin/subscribers/outside'
import type { Subscription } from '@magasin/subscribers/subscription'
import { renderEmail } from './emails/render-email.ts'
import type { Mailer } from './mailers/mailer.ts'

// An e-mail that is written to a folder again is the same file again, so that nobody sees the repeats of a crash.
const effectsPerPosition = 50

/** What Coolriel listens to: every event from which an e-mail follows. */
export function userEmails(mailer: Mailer, group: string): Subscription<UserEvent> {
  const email = outside<UserEvent>((event, { signal }) => mailer.send(renderEmail(event), signal), {
    effectsPerPosition,
  })
  return { group, on: { UserCreated: email, UserDeleted: email } }
}
