import type { EmailDefinition } from '../rendering/email-definition.ts'
import { goodbye } from './goodbye.ts'
import { welcome } from './welcome.ts'

/** Every e-mail of the shop. A new one is a file here and its name in this list; no two follow from the same type of event. */
export const emails: readonly EmailDefinition[] = [welcome, goodbye]
