import { UserType, type UserTypeId } from '@magasin/shop-contracts/user-types'
import { createUser } from './users/create-user.ts'
import type { Store } from './open-store.ts'

/** The lab's users. */
const seedUsers: readonly { readonly name: string; readonly email: string; readonly user_type_id: UserTypeId }[] = [
  { name: 'Ada Lovelace', email: 'alovelace@example.com', user_type_id: UserType.client },
  { name: 'Adele Goldberg', email: 'agoldberg@example.com', user_type_id: UserType.client },
  { name: 'Alan Turing', email: 'aturing@example.com', user_type_id: UserType.client },
  { name: 'Jane Doe', email: 'jdoe@magasinducoin.ca', user_type_id: UserType.employee },
  { name: 'Da Boss', email: 'dboss@magasinducoin.ca', user_type_id: UserType.manager },
]

/**
 * Loads the lab's data through the same commands as everybody's, each once for ever: a second run, or a run that goes on after one that
 * was killed, adds only what is missing, and nobody who was deleted comes back. Resolves with how many were added.
 */
export async function seed({ events }: Pick<Store, 'events'>): Promise<number> {
  let added = 0
  for (const user of seedUsers) {
    const once = {
      caller: 'seed',
      route: 'users',
      key: user.email,
      content: user,
      keep: 'forever',
    } as const
    const { repeated } = await events.execute(createUser(user), { once })
    if (!repeated) added++
  }
  return added
}

/** For a start: seeds a store in which nothing has ever happened, or whose seeding was interrupted. Resolves with how many were added. */
export async function seedIfNew(store: Store): Promise<number> {
  const { reader } = store.database
  const event = await reader.selectFrom('events').select('event_id').limit(1).executeTakeFirst()
  const began = await reader
    .selectFrom('remembered_answers')
    .select('route')
    .where('caller', '=', 'seed')
    .limit(1)
    .executeTakeFirst()
  return event === undefined || began !== undefined ? seed(store) : 0
}
