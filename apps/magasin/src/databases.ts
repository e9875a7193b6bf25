import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventTables } from '@magasin/event-log/event-table'
import { databaseFile, openOwnDatabase, ownerOf, type Place } from '@magasin/host/open-own-database'
import type { PartWithDatabase } from '@magasin/host/part'
import { databaseOf, describeDatabase, type MysqlDatabase } from '@magasin/service-kit/database-setting'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import type { ShopConfig } from '@magasin/shop/config'
import { partsWithDatabase } from '@magasin/shop/parts'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { SubscriberTables } from '@magasin/subscribers/tables'

/** The settings that say where databases are. */
export type DatabaseSettings = Pick<ShopConfig, 'dataDir' | 'database'>

type Access = { readonly readOnly?: boolean }

/**
 * Where a part keeps its database; undefined if there is none. On a server `magasin start` gives each service one of its own, named
 * after the setting, and a service that runs by itself takes the setting as it is: the one that is there is meant.
 * Throws CONFIG_INVALID if both are: a command that took one for the other would work on a shop that nobody looks at.
 */
export async function findDatabase(
  { dataDir, database }: DatabaseSettings,
  part: PartWithDatabase,
): Promise<Place | undefined> {
  if (database === 'sqlite') return existsSync(databaseFile(part, dataDir)) ? { dataDir, database } : undefined
  const found: MysqlDatabase[] = []
  for (const candidate of [databaseOf(part.database, database) as MysqlDatabase, database])
    if ((await ownerOf(candidate)) === part.name) found.push(candidate)
  if (found.length > 1)
    throw new MagasinError(
      'CONFIG_INVALID',
      `the settings are wrong:\n  MAGASIN_DB may mean ${found.map(describeDatabase).join(' or ')}, each of which holds a ${part.databaseTitle}: name the first where that is meant, or drop the one that nobody uses`,
    )
  return found[0] && { dataDir, database: found[0] }
}

/** As `findDatabase`, but throws DATA_MISSING if there is none: a mistyped setting must not become a new shop. */
export async function existingDatabase(config: DatabaseSettings, part: PartWithDatabase): Promise<Place> {
  const found = await findDatabase(config, part)
  if (found !== undefined) return found
  const { dataDir, database } = config
  const missing = `there is no ${part.databaseTitle}`
  throw new MagasinError(
    'DATA_MISSING',
    database === 'sqlite'
      ? `${missing} ${resolve(databaseFile(part, dataDir))}: start the shop once, or set MAGASIN_DATA to its folder`
      : `${missing} in ${describeDatabase(databaseOf(part.database, database))}, nor in ${describeDatabase(database)}: start it once, or set MAGASIN_DB to where it is`,
  )
}

/** The part whose store records the events of a topic. */
export function recorderOf(topic: string): PartWithDatabase {
  const { owner } = shopCatalogue.topic(topic)
  const part = partsWithDatabase.find(({ name }) => name === owner)
  if (part === undefined) throw new Error(`no part of the shop with a database is called ${owner}, which owns ${topic}`)
  return part
}

/**
 * Reads the event table in which a topic is recorded, with no other right than to read it, unless told that what is read will be acted
 * on. Throws DATA_MISSING if there is none.
 */
export async function withEventTable<T>(
  { config, topic, readOnly = true }: { readonly config: DatabaseSettings; readonly topic: string } & Access,
  work: (database: SqlDatabase<EventTables>) => Promise<T>,
): Promise<T> {
  const part = recorderOf(topic)
  const place = await existingDatabase(config, part)
  const database = await openOwnDatabase<EventTables>({ part, place, readOnly })
  return work(database).finally(() => database.close())
}

/**
 * Works on every database that holds positions, one after the other, or only reads them; resolves with what each work resolved with.
 * Empty if no service that keeps any has run.
 */
export async function withPositions<T>(
  { config, readOnly = false }: { readonly config: DatabaseSettings } & Access,
  work: (database: SqlDatabase<SubscriberTables>, part: PartWithDatabase) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = []
  for (const part of partsWithDatabase.filter(({ holds }) => holds.positions)) {
    const place = await findDatabase(config, part)
    if (place === undefined) continue
    const database = await openOwnDatabase<SubscriberTables>({ part, place, readOnly })
    results.push(await work(database, part).finally(() => database.close()))
  }
  return results
}

/** As `withPositions`, but throws DATA_MISSING if there is no such database at all. */
export async function withExistingPositions<T>(
  options: { readonly config: DatabaseSettings } & Access,
  work: (database: SqlDatabase<SubscriberTables>, part: PartWithDatabase) => Promise<T>,
): Promise<readonly T[]> {
  const results = await withPositions(options, work)
  const first = partsWithDatabase.find(({ holds }) => holds.positions)
  if (results.length === 0 && first !== undefined) await existingDatabase(options.config, first)
  return results
}
