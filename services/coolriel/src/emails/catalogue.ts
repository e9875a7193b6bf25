import type { UserEvent } from '@magasin/shop-contracts/families/users'
import type { EmailDefinition } from './email-definition.ts'
import { goodbye } from './goodbye.ts'
import { welcome } from './welcome.ts'

/** Which e-mail follows from which event. */
export const catalogue = {
  UserCreated: welcome,
  UserDeleted: goodbye,
} as const satisfies Partial<Record<UserEvent['type'], EmailDefinition>>

/** The events that an e-mail follows from. */
export type EmailedEventType = keyof typeof catalogue
