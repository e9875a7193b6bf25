import type { Role } from '@magasin/shop-contracts/user-types'
import type { Letter } from './email-definition.ts'

/** What an e-mail shows, in plain text: the page and the text version are two views of it. */
export interface EmailContent {
  /** BCP 47. */
  readonly language: string
  readonly shopName: string
  readonly title: string
  readonly role: Role
  readonly audience: string
  readonly greeting: string
  readonly message: Letter['message']
  readonly signature: Letter['signature']
  readonly details: { readonly title: string; readonly colon: string; readonly rows: readonly EmailDetail[] }
}

export interface EmailDetail {
  readonly label: string
  readonly value: string
}
