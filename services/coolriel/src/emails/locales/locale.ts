import type { Role } from '@magasin/shop-contracts/user-types'
import type { ShopMoment } from '../shop-moment.ts'

/** The words of one e-mail to one kind of user. All of it is plain text, whatever it is shown in. */
export interface Letter {
  readonly subject: (name: string) => string
  readonly greeting: (name: string) => string
  /** One text per paragraph. */
  readonly message: readonly string[]
  readonly signature: readonly [closing: string, signedBy: string]
}

/** Everything that e-mails say, in one language. A locale that leaves a word out does not pass the type check. */
export interface Locale {
  /** BCP 47. */
  readonly language: string
  readonly shopName: string
  readonly formatMoment: (moment: ShopMoment) => string
  /** What stands between a label and its value. */
  readonly colon: string
  readonly labels: { readonly account: string; readonly id: string; readonly email: string; readonly date: string }
  /** Whom the shop speaks to, as a word at the head of the page. */
  readonly audiences: Readonly<Record<Role, string>>
  readonly welcome: Readonly<Record<Role, Letter>>
  readonly goodbye: Readonly<Record<Role, Letter>>
}
