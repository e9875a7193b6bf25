import { MagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Kysely } from 'kysely'
import type { StoreTables } from '../tables.ts'
import { userOf } from './table.ts'
import type { User } from './user.ts'

/** The user with this id; USER_NOT_FOUND if there is none. */
export async function getUser(reader: Kysely<StoreTables>, id: number): Promise<User> {
  const row = await reader.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new MagasinError(shopErrors.USER_NOT_FOUND, `there is no user ${id}`)
  return userOf(row)
}

export interface UserPage {
  readonly users: readonly User[]
  /** What to send as `after` for the next page; null on the last. */
  readonly next: number | null
}

/** Users by id, those after `after`. Pages stay right while users come and go: nobody is seen twice or skipped for it. */
export async function listUsers(
  reader: Kysely<StoreTables>,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<UserPage> {
  const rows = await reader
    .selectFrom('users')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit).map(userOf)
  return { users: page, next: rows.length > limit ? page.at(-1)!.id : null }
}
