import { MagasinError } from '@magasin/contracts/magasin-error'
import { roleOf } from '@magasin/shop-contracts/user-types'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import type { EmailDefinition } from '../rendering/email-definition.ts'

/** What all e-mails about an account have in common: they go to its user, and show what it holds. */
export const aboutAccount: Pick<EmailDefinition<UserEvent>, 'to' | 'details'> = {
  to({ name, email, user_type_id }) {
    const role = roleOf(user_type_id)
    if (role === undefined)
      throw new MagasinError('EVENT_INVALID', `there is no type of user ${user_type_id as number}`)
    return { name, email, role }
  },
  details: ({ id, email }, { labels }) => ({
    title: labels.account,
    rows: [
      { label: labels.id, value: String(id) },
      { label: labels.email, value: email },
    ],
  }),
}
