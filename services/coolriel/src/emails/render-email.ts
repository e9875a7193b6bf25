import type { DecodedEvent } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { roleOf, type Role } from '@magasin/shop-contracts/user-types'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { catalogue } from './catalogue.ts'
import type { EmailContent } from './email-content.ts'
import { emailPage } from './email-page.ts'
import { emailText } from './email-text.ts'
import type { Email } from './email.ts'
import { locales, type LocaleName } from './locales.ts'
import type { Letter, Locale } from './locales/locale.ts'
import { plainLine } from './plain-line.ts'
import { shop } from './shop.ts'
import { shopMoment } from './shop-moment.ts'

/**
 * The e-mail that follows from an event. Pure: the same event gives the same bytes, on every machine and at any time.
 * Throws RECIPIENT_REFUSED for an address that no header may hold.
 */
export function renderEmail(event: DecodedEvent<UserEvent>, localeName: LocaleName = shop.locale): Email {
  const { data, record } = event
  const definition = catalogue[event.type]
  const locale = locales[localeName]
  const role = roleOfUser(event)
  const content = contentOf(event, { locale, role, letter: definition.letters(locale)[role] })
  return {
    messageId: `<${record.eventId}@${shop.messageIdDomain}>`,
    to: addressOf(event),
    subject: content.title,
    html: emailPage(content).toString(),
    text: emailText(content),
    fileName: `${definition.fileStem}_${data.id}`,
    locale: localeName,
  }
}

interface Wording {
  readonly locale: Locale
  readonly role: Role
  readonly letter: Letter
}

function contentOf({ data, record }: DecodedEvent<UserEvent>, { locale, role, letter }: Wording): EmailContent {
  const { language, shopName, labels, colon } = locale
  // The door lets no control character into a name; history older than that door may hold some.
  const name = plainLine(data.name)
  return {
    language,
    shopName,
    title: letter.subject(name),
    role,
    audience: locale.audiences[role],
    greeting: letter.greeting(name),
    message: letter.message,
    signature: letter.signature,
    details: {
      title: labels.account,
      colon,
      rows: [
        { label: labels.id, value: String(data.id) },
        { label: labels.email, value: data.email },
        { label: labels.date, value: locale.formatMoment(shopMoment(record.time, language)) },
      ],
    },
  }
}

/** The address as it is: unlike a name it cannot be mended, a changed one would be somebody else's. */
function addressOf({ data, record }: DecodedEvent<UserEvent>): string {
  if (plainLine(data.email) !== data.email)
    throw new MagasinError(
      shopErrors.RECIPIENT_REFUSED,
      `field email of event ${record.eventId} holds a control character: no header may carry it`,
    )
  return data.email
}

function roleOfUser({ data, record }: DecodedEvent<UserEvent>): Role {
  const role = roleOf(data.user_type_id)
  if (role === undefined)
    throw new MagasinError(
      'EVENT_INVALID',
      `event ${record.eventId} has user_type_id ${data.user_type_id}: there is no such type of user`,
    )
  return role
}
