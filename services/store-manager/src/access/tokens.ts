import { randomUUID } from 'node:crypto'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { roleOf } from '@magasin/shop-contracts/user-types'
import { hashToken, userCaller, type Caller } from '@magasin/service-kit/access'
import { signToken } from '@magasin/service-kit/signed-token'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Transaction } from 'kysely'
import type { CallerRole } from './caller-role.ts'
import { shopCaller } from './shop-caller.ts'
import { goodSince, type SigningKeys } from './signing-keys.ts'
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
  /** When it opens nothing any more; null: never. */
  readonly expiresAt: string | null
}

/** To whom a token is given. */
export type TokenOwner = { readonly userId: number } | { readonly supplier: string } | 'manager'

/** Access tokens: who holds one acts as its user, with the role of that user's type as it is now, as a supplier, or as the shop's own manager. */
export interface Tokens {
  /**
   * Makes a signed token, told once, which opens nothing after so many days. USER_NOT_FOUND where there is no such user, INPUT_INVALID for
   * a supplier's name that is none, and for a number of days that is none of 1 to 3,650.
   */
  create(owner: TokenOwner, days?: number): Promise<CreatedToken>
  /**
   * Makes a given token the first manager's. The one adopted before opens nothing from the same transaction on; tokens that
   * `create` made stay, and are refused here with CONFIG_INVALID. Idempotent. A token that an operator revoked stays revoked, and replaces none.
   */
  adopt(token: string): Promise<void>
  list(): Promise<readonly TokenDescription[]>
  /** From now on it opens nothing, also if a start gives it again. NOT_FOUND where no token has this id. */
  revoke(id: string): Promise<void>
  /** Who holds the token. */
  authenticate(token: string): Promise<Caller | undefined>
  /** The ids of the signed tokens that open nothing any more, though somebody's clock may say that they have not ended. */
  revoked(): Promise<readonly string[]>
}

export interface CreatedToken {
  readonly id: string
  readonly token: string
  readonly expiresAt: Date
}

const usualDays = 90
const mostDays = 3_650
const dayMs = 86_400_000

/** The tokens of a store, in its database. */
export class StoredTokens implements Tokens {
  readonly #database: SqlDatabase<StoreTables>
  readonly #keys: Pick<SigningKeys, 'current'>
  readonly #looks = new Map<string, Promise<Caller | undefined>>()

  constructor(database: SqlDatabase<StoreTables>, keys: Pick<SigningKeys, 'current'>) {
    this.#database = database
    this.#keys = keys
  }

  async create(owner: TokenOwner, days: number = usualDays): Promise<CreatedToken> {
    if (!Number.isInteger(days) || days < 1 || days > mostDays)
      throw new MagasinError('INPUT_INVALID', `a token is good for 1 to ${mostDays} days, not for ${days}`)
    const { caller, ...holder } = await this.#holderFor(owner)
    const key = await this.#keys.current()
    const id = randomUUID()
    // Whole seconds, as the token has them.
    const expiresAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 + days * dayMs)
    const token = await signToken({ id, caller, expiresAt }, key)
    const signed = { id, key_id: key.id, expires_at: expiresAt.toISOString() }
    await this.#insert({ ...newRow(hashToken(token)), ...holder, ...signed })
    return { id, token, expiresAt }
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
      revokedAt: row.revoked_at ?? row.replaced_at ?? row.leaked_at,
      expiresAt: row.expires_at,
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
  authenticate(token: string): Promise<Caller | undefined> {
    const hash = hashToken(token)
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
      .where((eb) => eb.or([eb('tokens.expires_at', 'is', null), eb('tokens.expires_at', '>', nowText())]))
      .where('tokens.revoked_at', 'is', null)
      .where('tokens.replaced_at', 'is', null)
      .where('signing_keys.leaked_at', 'is', null)
      .executeTakeFirst()
    const role = row && roleOfHolder(row)
    if (!row || !role) return undefined
    if (row.supplier !== null) return supplierCaller(row.supplier)
    return row.user_id === null ? shopCaller : userCaller(row.user_id, role)
  }

  /** Those of users who are gone, too. */
  async revoked(): Promise<readonly string[]> {
    const rows = await this.#database.reader
      .selectFrom('tokens')
      .leftJoin('users', 'users.id', 'tokens.user_id')
      .leftJoin('signing_keys', 'signing_keys.id', 'tokens.key_id')
      .select('tokens.id')
      .where('tokens.expires_at', '>', goodSince(new Date()))
      .where((eb) =>
        eb.or([
          eb('tokens.revoked_at', 'is not', null),
          eb('tokens.replaced_at', 'is not', null),
          eb('signing_keys.leaked_at', 'is not', null),
          eb.and([eb('tokens.user_id', 'is not', null), eb('users.id', 'is', null)]),
        ]),
      )
      .execute()
    return rows.map(({ id }) => id)
  }

  async #holderFor(owner: TokenOwner): Promise<Partial<Holder> & { readonly caller: Caller }> {
    if (owner === 'manager') return { caller: shopCaller }
    if ('supplier' in owner) {
      const supplier = checkSupplierName(owner.supplier)
      return { supplier, caller: supplierCaller(supplier) }
    }
    const { id, user_type_id } = await getUser(this.#database.reader, owner.userId)
    const role = roleOf(user_type_id)
    if (role === undefined) throw new MagasinError('INTERNAL', `user ${id} is of no type that is known`)
    return { user_id: id, caller: userCaller(id, role) }
  }

  async #insert(row: AccessTables['tokens']): Promise<void> {
    await this.#database.transaction((tx) => tx.insertInto('tokens').values(row).execute())
    this.#looks.clear()
  }

  #withHolders() {
    const joined = this.#database.reader
      .selectFrom('tokens')
      .leftJoin('users', 'users.id', 'tokens.user_id')
      .leftJoin('signing_keys', 'signing_keys.id', 'tokens.key_id')
    return joined.select([
      'tokens.id',
      'tokens.user_id',
      'tokens.supplier',
      'tokens.created_at',
      'tokens.revoked_at',
      'tokens.replaced_at',
      'tokens.expires_at',
      'signing_keys.leaked_at',
      'users.user_type_id',
    ])
  }
}

/** The one place of the first manager's token goes to the token with this hash. */
async function takeFirstPlace(tx: Transaction<StoreTables>, hash: string): Promise<void> {
  const known = await tx.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
  if (known !== undefined && known.key_id !== null)
    throw new MagasinError(
      'CONFIG_INVALID',
      'MAGASIN_TOKEN is a token that `magasin token create` made, and ends: give the first manager one of his own, such as `openssl rand -hex 32` makes',
    )
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

const nowText = () => new Date().toISOString()

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
  expires_at: null,
  key_id: null,
  replaced_at: null,
})

function roleOfHolder(row: Readonly<Holder> & { readonly user_type_id: number | null }): CallerRole | null {
  if (row.supplier !== null) return 'supplier'
  if (row.user_id === null) return 'manager'
  return row.user_type_id === null ? null : (roleOf(row.user_type_id) ?? null)
}
