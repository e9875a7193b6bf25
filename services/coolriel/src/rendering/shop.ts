/** What all e-mails of the shop have in common. */
export const shop = {
  /**
   * The right-hand side of every Message-ID. Changing it would make an e-mail that is sent again look like another one;
   * `.example` because that name can never be someone else's.
   */
  messageIdDomain: 'magasinducoin.example',
  /** Dates are the shop's, whatever the clock of the machine says. */
  timeZone: 'America/Toronto',
  locale: 'fr',
} as const
