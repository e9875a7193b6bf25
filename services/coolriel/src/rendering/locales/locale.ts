import type { Role } from '@magasin/shop-contracts/user-types'
import type { ShopMoment } from '../moment.ts'

/** What e-mails have in common, in one language; their words stand with each. A locale that leaves one out does not pass the type check. */
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
}
