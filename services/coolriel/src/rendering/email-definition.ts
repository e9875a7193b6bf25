import type { ShopEvent } from '@magasin/shop-contracts/shop-catalogue'
import type { Role } from '@magasin/shop-contracts/user-types'
import type { EmailContent } from './content.ts'
import type { Locale } from './locales/locale.ts'
import type { LocaleName } from './locales/locales.ts'

/** An e-mail, declared: from which event it follows, whom it is for and what it says. All functions are pure. */
export interface EmailDefinition<Event extends ShopEvent = ShopEvent> {
  /** The type of the event. */
  readonly on: Event['type']
  to(data: Event['data']): Recipient
  /** What its page is called, without extension: the same event gives the same name, and no other one does. */
  fileName(data: Event['data']): string
  /** What it shows besides its words; the date of the event is added. */
  details(data: Event['data'], locale: Locale): Pick<EmailContent['details'], 'title' | 'rows'>
  /** In every language of the shop, to every kind of user: an e-mail that leaves one out does not pass the type check. */
  readonly words: Readonly<Record<LocaleName, Readonly<Record<Role, Letter>>>>
  /** Data of the event, for tests. */
  readonly sample: Event['data']
}

/** Whom an e-mail is for. */
export interface Recipient {
  readonly name: string
  readonly email: string
  /** Decides how the shop speaks. */
  readonly role: Role
}

/** The words of one e-mail to one kind of user. All of it is plain text, whatever it is shown in. */
export interface Letter {
  readonly subject: (name: string) => string
  readonly greeting: (name: string) => string
  /** One text per paragraph. */
  readonly message: readonly string[]
  readonly signature: readonly [closing: string, signedBy: string]
}
