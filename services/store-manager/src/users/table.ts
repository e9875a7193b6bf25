import type { UserEvent } from '@magasin/shop-contracts/families/users'
import type { StateTable } from '@magasin/event-store/state-table'
import { emailKey } from './email-key.ts'
import type { User } from './user.ts'

/** A row of `users`: who has an account now. */
export type UserRow = { readonly [Field in keyof User]: User[Field] } & {
  /** Unique; free again when the user is deleted. */
  readonly email_key: string
}

/** The tables of this family. */
export interface UserTables {
  users: UserRow
  user_types: { id: number; name: string }
}

/** The users, as the events say they are. */
export const users: StateTable<UserRow, UserEvent> = {
  name: 'users',
  key: ['id'],
  uniques: ['email_key'],
  projections: {
    UserCreated: ({ id, name, email, user_type_id }) => [
      { put: { id, name, email, email_key: emailKey(email), user_type_id } },
    ],
    UserDeleted: ({ id }) => [{ remove: { id } }],
  },
}

/** The user in a row, without what only the database needs. */
export function userOf({ id, name, email, user_type_id }: UserRow): User {
  return { id, name, email, user_type_id }
}
