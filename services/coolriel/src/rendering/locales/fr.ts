import type { Locale } from './locale.ts'

// \u00a0 is the no-break space of French typography: written out because nobody sees it.

/** French as it is written in Canada. */
export const fr: Locale = {
  language: 'fr-CA',
  shopName: 'Magasin du Coin',
  formatMoment: ({ year, month, day, hour, minute }) =>
    `${day === 1 ? '1er' : day}\u00a0${month} ${year} à ${hour}\u00a0h\u00a0${String(minute).padStart(2, '0')}`,
  colon: '\u00a0: ',
  labels: { account: 'Détails du compte', id: 'Numéro', email: 'Courriel', date: 'Date' },
  audiences: { client: 'Clientèle', employee: 'Équipe', manager: 'Direction' },
}
