import type { EmailDefinition } from './email-definition.ts'

/** Thanks a client for the visit, takes an employee into the team and a manager into the management. */
export const welcome: EmailDefinition = {
  fileStem: 'welcome',
  letters: (locale) => locale.welcome,
}
