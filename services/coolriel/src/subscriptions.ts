import { MagasinError } from '@magasin/contracts/magasin-error'
import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import { outside } from '@magasin/subscribers/outside'
import type { Subscription } from '@magasin/subscribers/subscription'
import { emails } from './emails/emails.ts'
import type { Mailer } from './mailers/mailer.ts'
import type { EmailDefinition } from './rendering/email-definition.ts'
import { renderEmail } from './rendering/render-email.ts'

// An e-mail that is written to a folder again is the same file again, so that nobody sees the repeats of a crash.
const effectsPerPosition = 50

/**
 * What Coolriel listens to: every event from which an e-mail follows. Throws CONFIG_INVALID if two follow from one type of event: they
 * would share a Message-ID.
 */
export function emailSubscription(
  mailer: Mailer,
  group: string,
  all: readonly EmailDefinition[] = emails,
): Subscription<ShopEvent> {
  refuseTwoOnOne(all)
  const handlers = all.map((email) => {
    const send = outside<ShopEvent>((event, { signal }) => mailer.send(renderEmail(email, event), signal), {
      effectsPerPosition,
    })
    return [email.on, send] as const
  })
  return { group, on: Object.fromEntries(handlers) }
}

function refuseTwoOnOne(all: readonly EmailDefinition[]): void {
  for (const [type, following] of Map.groupBy(all, ({ on }) => on)) {
    const pages = following.map((email) => email.fileName(email.sample))
    if (pages.length > 1)
      throw new MagasinError(
        'CONFIG_INVALID',
        `${pages.length} e-mails follow from ${type}, such as ${pages.join(' and ')}: let each follow from an event of its own`,
      )
  }
}
