import type { Role } from '@magasin/shop-contracts/user-types'
import type { Letter, Locale } from './locales/locale.ts'

/** An e-mail, declared: which words it takes from a locale and what its page is called. */
export interface EmailDefinition {
  /** The page is called `{fileStem}_{user id}`. */
  readonly fileStem: string
  readonly letters: (locale: Locale) => Readonly<Record<Role, Letter>>
}
