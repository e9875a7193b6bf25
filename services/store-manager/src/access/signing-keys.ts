import { randomUUID } from 'node:crypto'
import { signatureAlgorithm, type SigningKey } from '@magasin/service-kit/signed-token'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose'
import type { AccessTables } from './table.ts'
import type { StoreTables } from '../tables.ts'

type KeyRow = AccessTables['signing_keys']

/** The keys that sign tokens, in the store's database. One signs; those before it vouch for what they signed, until that has expired. */
export class SigningKeys {
  readonly #database: SqlDatabase<StoreTables>

  constructor(database: SqlDatabase<StoreTables>) {
    this.#database = database
  }

  /** The key that signs now. The first one is made when it is asked for; of two that are made at the same moment both are good. */
  async current(): Promise<SigningKey> {
    const row = (await this.#newest()) ?? (await this.#add(await newKey()))
    return {
      id: row.id,
      privateKey: (await importJWK(JSON.parse(row.private_key) as JWK, signatureAlgorithm)) as CryptoKey,
    }
  }

  /**
   * From now on a new key signs; resolves with its id. Tokens of those before it stay as good as they are, unless those keys
   * are leaked: then they vouch for nothing any more, also not for what they are about to sign.
   */
  async rotate({ areLeaked = false } = {}): Promise<string> {
    const key = await newKey()
    const now = key.created_at
    await this.#database.transaction(async (tx) => {
      await tx.insertInto('signing_keys').values(key).execute()
      const others = tx.updateTable('signing_keys').where('id', '<>', key.id)
      await others.set({ retired_at: now }).where('retired_at', 'is', null).execute()
      if (areLeaked) await others.set({ leaked_at: now }).where('leaked_at', 'is', null).execute()
    })
    return key.id
  }

  /** What others need to read tokens: the keys that sign, and those of tokens that are good still. */
  async published(now = new Date()): Promise<JSONWebKeySet> {
    const ofGoodTokens = this.#database.reader
      .selectFrom('tokens')
      .select('key_id')
      .where('key_id', 'is not', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', goodSince(now))
    const rows = await this.#database.reader
      .selectFrom('signing_keys')
      .select('public_key')
      .where('leaked_at', 'is', null)
      .where((eb) => eb.or([eb('retired_at', 'is', null), eb('id', 'in', ofGoodTokens)]))
      .orderBy('created_at')
      .execute()
    return { keys: rows.map(({ public_key }) => JSON.parse(public_key) as JWK) }
  }

  #newest(): Promise<KeyRow | undefined> {
    const keys = this.#database.reader.selectFrom('signing_keys').selectAll().where('retired_at', 'is', null)
    return keys.orderBy('created_at', 'desc').orderBy('id').executeTakeFirst()
  }

  async #add(key: KeyRow): Promise<KeyRow> {
    await this.#database.transaction((tx) => tx.insertInto('signing_keys').values(key).execute())
    return key
  }
}

// The clock of another service may be late by so much: what has ended here has not there.
const lateMs = 3_600_000

/** A token that ended before this has ended by every clock. */
export const goodSince = (now: Date): string => new Date(now.getTime() - lateMs).toISOString()

async function newKey(): Promise<KeyRow> {
  const { publicKey, privateKey } = await generateKeyPair(signatureAlgorithm, { extractable: true })
  const id = randomUUID()
  const of = { kid: id, alg: signatureAlgorithm, use: 'sig' }
  return {
    id,
    public_key: JSON.stringify({ ...(await exportJWK(publicKey)), ...of }),
    private_key: JSON.stringify({ ...(await exportJWK(privateKey)), ...of }),
    created_at: new Date().toISOString(),
    retired_at: null,
    leaked_at: null,
  }
}
