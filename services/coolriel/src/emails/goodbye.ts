import type { EmailDefinition } from './email-definition.ts'

/** Says goodbye to whoever had an account, to the address that it held. */
export const goodbye: EmailDefinition = {
  fileStem: 'goodbye',
  letters: (locale) => locale.goodbye,
}
