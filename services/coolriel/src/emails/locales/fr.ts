import type { Locale } from './locale.ts'

// \u00a0 is the no-break space of French typography, \u202f its thin one (before « ! »): written out because nobody sees them.

/** French as it is written in Canada: vous for clients and managers, tu for employees. */
export const fr: Locale = {
  language: 'fr-CA',
  shopName: 'Magasin du Coin',
  formatMoment: ({ year, month, day, hour, minute }) =>
    `${day === 1 ? '1er' : day}\u00a0${month} ${year} à ${hour}\u00a0h\u00a0${String(minute).padStart(2, '0')}`,
  colon: '\u00a0: ',
  labels: { account: 'Détails du compte', id: 'Numéro', email: 'Courriel', date: 'Date' },
  audiences: { client: 'Clientèle', employee: 'Équipe', manager: 'Direction' },

  welcome: {
    client: {
      subject: (name) => `Bienvenue au Magasin du Coin, ${name}`,
      greeting: (name) => `Bonjour ${name},`,
      message: [
        'Merci de votre visite au Magasin du Coin\u202f! Votre compte est ouvert, et c’est un plaisir de vous compter parmi notre clientèle.',
        'Si vous cherchez un article, si vous hésitez entre deux ou si quelque chose ne va pas, dites-le-nous\u00a0: nous serons toujours heureux de vous aider.',
      ],
      signature: ['À très bientôt,', 'L’équipe du Magasin du Coin'],
    },
    employee: {
      subject: (name) => `Bienvenue dans l’équipe, ${name}\u202f!`,
      greeting: (name) => `Salut ${name}\u202f!`,
      message: [
        'Bienvenue dans l’équipe du Magasin du Coin\u202f! On avait hâte de te compter parmi nous.',
        'Ton compte est prêt. Prends le temps de découvrir les lieux et de faire connaissance avec tes collègues. Et si tu as la moindre question, n’hésite surtout pas\u00a0: il y aura toujours quelqu’un pour te donner un coup de main.',
      ],
      signature: ['À bientôt au magasin,', 'Toute l’équipe du Magasin du Coin'],
    },
    manager: {
      subject: (name) => `Bienvenue à la direction du Magasin du Coin, ${name}`,
      greeting: (name) => `Bonjour ${name},`,
      message: [
        'C’est avec grand plaisir que nous vous accueillons à la direction du Magasin du Coin.',
        'Votre compte de gestion est prêt. Toute l’équipe se réjouit de travailler à vos côtés et de continuer, avec vous, à faire du magasin un endroit où il fait aussi bon travailler que magasiner.',
      ],
      signature: ['Avec toute notre confiance,', 'La direction du Magasin du Coin'],
    },
  },

  goodbye: {
    client: {
      subject: (name) => `Merci et au revoir, ${name}`,
      greeting: (name) => `Bonjour ${name},`,
      message: [
        'Votre compte au Magasin du Coin est maintenant fermé. Merci de vos visites et de la confiance que vous nous avez accordée.',
        'Notre porte vous reste grande ouverte\u00a0: si le cœur vous en dit, nous aurons toujours plaisir à vous accueillir de nouveau.',
      ],
      signature: ['Au plaisir de vous revoir,', 'L’équipe du Magasin du Coin'],
    },
    employee: {
      subject: (name) => `Merci pour tout, ${name}\u202f!`,
      greeting: (name) => `Salut ${name},`,
      message: [
        'Ton compte est maintenant fermé, et c’est avec un pincement au cœur qu’on te dit au revoir.',
        'Merci pour ton travail, ta bonne humeur et tous tes coups de main. Tu feras toujours un peu partie de la maison\u00a0: repasse nous voir quand tu veux.',
      ],
      signature: ['Bonne route\u202f!', 'Toute l’équipe du Magasin du Coin'],
    },
    manager: {
      subject: (name) => `Au nom de toute l’équipe, merci, ${name}`,
      greeting: (name) => `Bonjour ${name},`,
      message: [
        'Votre compte de gestion est maintenant fermé\u00a0: vous quittez la direction du Magasin du Coin, et vous allez nous manquer.',
        'Au nom de toute l’équipe, merci de votre engagement, de vos conseils et du temps que vous nous avez consacré. Nous vous souhaitons beaucoup de succès dans la suite de votre parcours.',
      ],
      signature: ['Avec toute notre reconnaissance,', 'La direction du Magasin du Coin'],
    },
  },
}
