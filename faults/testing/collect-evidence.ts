import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventRecord } from '@magasin/contracts/event-record'
import { recordOf, type EventTables } from '@magasin/event-log/event-table'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { storeManager } from '@magasin/store-manager/part'
import { databaseFile } from '@magasin/host/open-own-database'
import { listUsers } from './api.ts'
import type { ShopEvidence } from './check-shop.ts'
import { untilCaughtUp } from './metrics.ts'
import { runMagasin } from './run-magasin.ts'
import type { ShopSite } from './shop-site.ts'
import type { ShopProcess } from './shop-process.ts'

/** Lets a shop finish its e-mails, stops it, and takes down all that it holds. */
export async function collectEvidence(site: ShopSite, shop: ShopProcess): Promise<Omit<ShopEvidence, 'acknowledged'>> {
  await untilCaughtUp(site)
  const users = await listUsers(site)
  assert.equal(await shop.stop(), 0, shop.output())
  return { users, events: await readEvents(site), exportLines: await exportHistory(site), files: readPages(site) }
}

/** The rows of a topic in the event table of a store that nobody writes. */
export async function readEvents({ dataDir }: ShopSite, topic = 'user-events'): Promise<readonly EventRecord[]> {
  const database = openSqlite<EventTables>({ file: databaseFile(storeManager, dataDir), readOnly: true })
  try {
    const { log_id: logId } = await database.reader.selectFrom('log_identity').selectAll().executeTakeFirstOrThrow()
    const rows = await database.reader.selectFrom('events').selectAll().where('topic', '=', topic).execute()
    return rows.map((row) => recordOf(logId, row))
  } finally {
    await database.close()
  }
}

/** The history as the real command line exports it. */
export async function exportHistory(site: ShopSite): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const file = join(site.folder, 'history.json')
  const { code, stderr } = await runMagasin(site, ['history', 'export', '--topic', 'user-events', '--out', file])
  assert.equal(code, 0, stderr)
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>[]
}

/** Whatever lies in the folder of the e-mails, hidden files included: content by name. */
export function readPages({ outputDir }: Pick<ShopSite, 'outputDir'>): ReadonlyMap<string, string> {
  return new Map(readdirSync(outputDir).map((name) => [name, readFileSync(join(outputDir, name), 'utf8')]))
}
