import { users, type UserEvent } from '@magasin/shop-contracts/families/users'
import type { EmailDefinition } from '../rendering/email-definition.ts'
import { aboutAccount } from './about-account.ts'

// \u00a0 is the no-break space of French typography, \u202f its thin one (before « ! »): written out because nobody sees them.

/** Says goodbye to whoever had an account, to the address that it held. */
export const goodbye: EmailDefinition<UserEvent> = {
  ...aboutAccount,
  on: 'UserDeleted',
  fileName: ({ id }) => `goodbye_${id}`,
  sample: users.specs.UserDeleted.sample,
  words: {
    // vous for clients and managers, tu for employees.
    fr: {
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
  },
}
