import type { Kysely } from 'kysely'
import type { User } from '../domain/user.ts'
import type { StoreTables } from '../state/tables.ts'
import { userOf } from '../state/users.ts'

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
