import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import { outside } from '@magasin/subscribers/outside'
import type { Subscription } from '@magasin/subscribers/subscription'
import { emails } from './emails/emails.ts'
import type { Mailer } from './mailers/mailer.ts'
import { renderEmail } from './rendering/render-email.ts'

// An e-mail that is written to a folder again is the same file again, so that nobody sees the repeats of a crash.
const effectsPerPosition = 50

/** What Coolriel listens to: every event from which an e-mail follows. */
export function emailSubscription(mailer: Mailer, group: string): Subscription<ShopEvent> {
  const handlers = emails.map((email) => {
    const send = outside<ShopEvent>((event, { signal }) => mailer.send(renderEmail(email, event), signal), {
      effectsPerPosition,
    })
    return [email.on, send] as const
  })
  return { group, on: Object.fromEntries(handlers) }
}
