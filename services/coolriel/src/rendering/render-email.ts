import type { DecodedEvent } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { EmailContent } from './content.ts'
import type { EmailDefinition } from './email-definition.ts'
import type { Email } from './email.ts'
import { locales, type LocaleName } from './locales/locales.ts'
import { shopMoment } from './moment.ts'
import { emailPage } from './page.ts'
import { plainLine } from './plain-line.ts'
import { shop } from './shop.ts'
import { emailText } from './text.ts'

/**
 * The e-mail that follows from an event. Pure: the same event gives the same bytes, on every machine and at any time.
 * Throws RECIPIENT_REFUSED for an address that no header may hold.
 */
export function renderEmail(
  definition: EmailDefinition,
  event: DecodedEvent<ShopEvent>,
  localeName: LocaleName = shop.locale,
): Email {
  const { data, record } = event
  const content = contentOf(definition, event, localeName)
  return {
    messageId: `<${record.eventId}@${shop.messageIdDomain}>`,
    to: addressOf(definition, event),
    subject: content.title,
    html: emailPage(content).toString(),
    text: emailText(content),
    fileName: definition.fileName(data),
    locale: localeName,
  }
}

function contentOf(
  definition: EmailDefinition,
  { data, record }: DecodedEvent<ShopEvent>,
  localeName: LocaleName,
): EmailContent {
  const locale = locales[localeName]
  const { language, shopName, labels, colon } = locale
  const { name: given, role } = definition.to(data)
  const letter = definition.words[localeName][role]
  // The HTTP schema lets no control character into a name; history older than that schema may hold some.
  const name = plainLine(given)
  const { title, rows } = definition.details(data, locale)
  const date = { label: labels.date, value: locale.formatMoment(shopMoment(record.time, language)) }
  return {
    language,
    shopName,
    title: letter.subject(name),
    role,
    audience: locale.audiences[role],
    greeting: letter.greeting(name),
    message: letter.message,
    signature: letter.signature,
    details: { title, colon, rows: [...rows, date] },
  }
}

/** The address as it is: unlike a name it cannot be mended, a changed one would be somebody else's. */
function addressOf(definition: EmailDefinition, { data, record }: DecodedEvent<ShopEvent>): string {
  const { email } = definition.to(data)
  if (plainLine(email) !== email)
    throw new MagasinError(
      shopErrors.RECIPIENT_REFUSED,
      `the address in event ${record.eventId} holds a control character: no header may carry it`,
    )
  return email
}
