import { users, type UserEvent } from '@magasin/shop-contracts/families/users'
import type { EmailDefinition } from '../rendering/email-definition.ts'
import { aboutAccount } from './about-account.ts'

// \u00a0 is the no-break space of French typography, \u202f its thin one (before « ! »): written out because nobody sees them.

/** Thanks a client for the visit, takes an employee into the team and a manager into the management. */
export const welcome: EmailDefinition<UserEvent> = {
  ...aboutAccount,
  on: 'UserCreated',
  fileName: ({ id }) => `welcome_${id}`,
  sample: users.specs.UserCreated.sample,
  words: {
    // vous for clients and managers, tu for employees.
    fr: {
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
  },
}
