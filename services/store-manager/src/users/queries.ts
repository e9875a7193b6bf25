import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Kysely } from 'kysely'
import { pageOf, type Page, type PageRequest } from '../http/pages.ts'
import type { StoreTables } from '../tables.ts'
import { userOf } from './table.ts'
import type { User } from './user.ts'

/** The user with this id; USER_NOT_FOUND if there is none. */
export async function getUser(reader: Kysely<StoreTables>, id: number): Promise<User> {
  const row = await reader.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${id}`)
  return userOf(row)
}

/** Users by id. */
export async function listUsers(reader: Kysely<StoreTables>, request: PageRequest): Promise<Page<User>> {
  const query = reader.selectFrom('users').selectAll().where('id', '>', request.after).orderBy('id')
  const rows = await query.limit(request.limit + 1).execute()
  return pageOf(rows, request, { idOf: ({ id }) => id, show: userOf })
}
