import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Kysely } from 'kysely'
import type { User } from '../domain/user.ts'
import type { StoreTables } from '../state/tables.ts'
import { userOf } from '../state/users.ts'

/** The user with this id; USER_NOT_FOUND where there is none. */
export async function getUser(reader: Kysely<StoreTables>, id: number): Promise<User> {
  const row = await reader.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${id}`)
  return userOf(row)
}
