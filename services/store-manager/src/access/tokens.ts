import { randomUUID } from 'node:crypto'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { roleOf } from '@magasin/shop-contracts/user-types'
import { hashToken, newToken, userCaller, type Caller } from '@magasin/service-kit/access'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Transaction } from 'kysely'
import type { CallerRole } from './caller-role.ts'
import { shopCaller } from './shop-caller.ts'
import { checkSupplierName, supplierCaller } from './supplier-caller.ts'
import type { AccessTables } from './table.ts'
import type { StoreTables } from '../tables.ts'
import { getUser } from '../users/queries.ts'

/** A token as an operator sees it; the token itself is not kept anywhere. */
export interface TokenDescription {
  readonly id: string
  /** null: a supplier's, or the shop's own. */
  readonly userId: number | null
  /** The supplier's name, if it is one's. */
  readonly supplier: string | null
  /** What its holder may do now; null when the user is gone, so that it opens nothing. */
  readonly role: CallerRole | null
  readonly createdAt: string
  /** When it stopped opening anything: an operator revoked it, or another first token took its place. */
  readonly revokedAt: string | null
}

/** To whom a token is given. */
export type TokenOwner = { readonly userId: number } | { readonly supplier: string } | 'manager'

/** Access tokens: who holds one acts as its user, with the role of that user's type as it is now, as a supplier, or as the shop's own manager. */
export interface Tokens {
  /** Makes a token, told once. USER_NOT_FOUND where there is no such user, INPUT_INVALID for a supplier's name that is none. */
  create(owner: TokenOwner): Promise<{ readonly id: string; readonly token: string }>
  /**
   * Makes a given token the first manager's. The one adopted before opens nothing from the same transaction on; tokens that
   * `create` made stay. Idempotent. A token that an operator revoked stays revoked, and replaces none.
   */
  adopt(token: string): Promise<void>
  list(): Promise<readonly TokenDescription[]>
  /** From now on it opens nothing, also if a start gives it again. NOT_FOUND where no token has this id. */
  revoke(id: string): Promise<void>
  /** Who holds the token with this hash. */
  authenticate(hash: string): Promise<Caller | undefined>
}

/** The tokens of a store, in its database. */
export class StoredTokens implements Tokens {
  readonly #database: SqlDatabase<StoreTables>
  readonly #looks = new Map<string, Promise<Caller | undefined>>()

  constructor(database: SqlDatabase<StoreTables>) {
    this.#database = database
  }

  async create(owner: TokenOwner): Promise<{ readonly id: string; readonly token: string }> {
    const holder = await this.#checkOwner(owner)
    const token = newToken()
    return { id: await this.#insert({ ...newRow(hashToken(token)), ...holder }), token }
  }

  async adopt(token: string): Promise<void> {
    const hash = hashToken(token)
    const adoptOnce = () => this.#database.transaction((tx) => takeFirstPlace(tx, hash))
    try {
      await adoptOnce()
    } catch (error) {
      // Another store-manager that starts with the same token was faster; now its row can be seen.
      if (this.#database.faultOf(error) !== 'duplicate') throw error
      await adoptOnce()
    }
    this.#looks.clear()
  }

  async list(): Promise<readonly TokenDescription[]> {
    const rows = await this.#withHolders().orderBy('tokens.created_at').execute()
    return rows.map((row) => ({
      id: row.id,
      userId: row.user_id,
      supplier: row.supplier,
      role: roleOfHolder(row),
      createdAt: row.created_at,
      revokedAt: row.revoked_at ?? row.replaced_at,
    }))
  }

  async revoke(id: string): Promise<void> {
    const found = await this.#database.transaction(async (tx) => {
      const now = new Date().toISOString()
      const update = tx.updateTable('tokens').set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(now)) }))
      return (await update.where('id', '=', id).executeTakeFirst()).numUpdatedRows
    })
    this.#looks.clear()
    if (found === 0n)
      throw new MagasinError('NOT_FOUND', `no token has the id ${id}: \`magasin token list\` shows those there are`)
  }

  /** Requests that arrive in the same turn of the event loop share a look: under load it would be a tenth of the work. */
  authenticate(hash: string): Promise<Caller | undefined> {
    const underWay = this.#looks.get(hash)
    if (underWay !== undefined) return underWay
    const look = this.#holderOf(hash)
    this.#looks.set(hash, look)
    setImmediate(() => this.#looks.delete(hash))
    return look
  }

  async #holderOf(hash: string): Promise<Caller | undefined> {
    const holder = this.#withHolders().where('tokens.hash', '=', hash)
    const row = await holder
      .where('tokens.revoked_at', 'is', null)
      .where('tokens.replaced_at', 'is', null)
      .executeTakeFirst()
    const role = row && roleOfHolder(row)
    if (!row || !role) return undefined
    if (row.supplier !== null) return supplierCaller(row.supplier)
    return row.user_id === null ? shopCaller : userCaller(row.user_id, role)
  }

  async #checkOwner(owner: TokenOwner): Promise<Partial<Holder>> {
    if (owner === 'manager') return {}
    if ('supplier' in owner) return { supplier: checkSupplierName(owner.supplier) }
    return { user_id: (await getUser(this.#database.reader, owner.userId)).id }
  }

  async #insert(row: AccessTables['tokens']): Promise<string> {
    await this.#database.transaction((tx) => tx.insertInto('tokens').values(row).execute())
    this.#looks.clear()
    return row.id
  }

  #withHolders() {
    const joined = this.#database.reader.selectFrom('tokens').leftJoin('users', 'users.id', 'tokens.user_id')
    return joined.select([
      'tokens.id',
      'tokens.user_id',
      'tokens.supplier',
      'tokens.created_at',
      'tokens.revoked_at',
      'tokens.replaced_at',
      'users.user_type_id',
    ])
  }
}

/** The one place of the first manager's token goes to the token with this hash. */
async function takeFirstPlace(tx: Transaction<StoreTables>, hash: string): Promise<void> {
  const known = await tx.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
  if (known !== undefined && known.revoked_at !== null) return
  await tx
    .updateTable('tokens')
    .set({ replaced_at: new Date().toISOString() })
    .where('adopted', '=', 1)
    .where('replaced_at', 'is', null)
    .where('hash', '<>', hash)
    .execute()
  const first = { adopted: 1, replaced_at: null }
  if (known === undefined)
    await tx
      .insertInto('tokens')
      .values({ ...newRow(hash), ...first })
      .execute()
  else if (known.adopted !== first.adopted || known.replaced_at !== null)
    await tx.updateTable('tokens').set(first).where('id', '=', known.id).execute()
}

type Holder = Pick<AccessTables['tokens'], 'user_id' | 'supplier'>

/** A token of the shop's own, unless its holder is put in. */
const newRow = (hash: string): AccessTables['tokens'] => ({
  id: randomUUID(),
  hash,
  user_id: null,
  supplier: null,
  created_at: new Date().toISOString(),
  revoked_at: null,
  adopted: 0,
  replaced_at: null,
})

function roleOfHolder(row: Readonly<Holder> & { readonly user_type_id: number | null }): CallerRole | null {
  if (row.supplier !== null) return 'supplier'
  if (row.user_id === null) return 'manager'
  return row.user_type_id === null ? null : (roleOf(row.user_type_id) ?? null)
}
