import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventTables } from '@magasin/event-log/event-table'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { storeManager } from '@magasin/store-manager/part'
import { databaseFile } from '@magasin/host/open-own-database'
import { eventsOfUsers } from './testing/check-shop.ts'
import { readEvents } from './testing/collect-evidence.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopSite, type ShopSite } from './testing/shop-site.ts'
import { startShopProcess } from './testing/shop-process.ts'
import { startUserLoad } from './testing/user-load.ts'

const partition = 3

test('an event that is missing', async (t) => {
  const site = await createShopSite(t)
  await recordSome(site)
  const last = await lastSeq(site)

  await t.test('ends an export with exit code 3, by name, and without a file: at the end of a partition', async () => {
    await deleteEvent(site, last)
    await assertIncomplete(site, last)
    assert.deepEqual(filesBeside(site), [])
  })

  await t.test('and in the middle of one', async () => {
    await deleteEvent(site, 2)
    await assertIncomplete(site, 2)
    assert.deepEqual(filesBeside(site), [])
  })

  await t.test('leaves an older export as it was', async () => {
    writeFileSync(join(site.folder, 'history.json'), 'the older one')
    await assertIncomplete(site, 2)
    assert.deepEqual(filesBeside(site), ['history.json'])
    assert.equal(readFileSync(join(site.folder, 'history.json'), 'utf8'), 'the older one')
  })

  await t.test('is found by the doctor', async () => {
    const { code, stdout } = await runMagasin(site, ['doctor'])
    assert.equal(code, 1)
    assert.match(stdout, missing(2))
  })
})

const missing = (seq: number): RegExp => new RegExp(`user-events partition ${partition}: event ${seq} is missing`)

async function assertIncomplete(site: ShopSite, seq: number): Promise<void> {
  const out = join(site.folder, 'history.json')
  const { code, stderr } = await runMagasin(site, ['history', 'export', '--topic', 'user-events', '--out', out])
  assert.equal(code, 3)
  assert.match(stderr, missing(seq))
}

async function lastSeq(site: ShopSite): Promise<number> {
  const events = eventsOfUsers(await readEvents(site)).filter((event) => event.partition === partition)
  return Math.max(...events.map(({ seq }) => seq))
}

async function recordSome(site: ShopSite): Promise<void> {
  const shop = await startShopProcess(site)
  await startUserLoad([site], { users: 60, clients: 8, deadlineMs: 30_000 }).finished
  assert.equal(await shop.stop(), 0)
}

async function deleteEvent({ dataDir }: ShopSite, seq: number): Promise<void> {
  const database = openSqlite<EventTables>({ file: databaseFile(storeManager, dataDir) })
  try {
    const { numDeletedRows } = await database.transaction((tx) =>
      tx.deleteFrom('events').where('partition', '=', partition).where('seq', '=', seq).executeTakeFirstOrThrow(),
    )
    assert.equal(numDeletedRows, 1n)
  } finally {
    await database.close()
  }
}

/** The files beside the shop's folders, hidden ones included. */
function filesBeside({ folder }: ShopSite): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}
