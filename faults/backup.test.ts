import assert from 'node:assert/strict'
import { cpSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { coolriel } from '@magasin/coolriel/part'
import { databaseFile, openOwnDatabase } from '@magasin/host/open-own-database'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { storeManager } from '@magasin/store-manager/part'
import { listUsers, send } from './testing/api.ts'
import { exportHistory, readPages } from './testing/collect-evidence.ts'
import { untilCaughtUp } from './testing/metrics.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopSite, type ShopSite } from './testing/shop-site.ts'
import { spawnShop, startShopProcess } from './testing/shop-process.ts'
import { startUserLoad } from './testing/user-load.ts'

test('a backup taken while the shop works', async (t) => {
  const { site, backup } = await shopWithOlderBackup(t)
  const history = await exportHistory(site)

  await t.test('is refused at start when only the store’s half is put back', async () => {
    cpSync(join(backup, basename(databaseFile(storeManager, site.dataDir))), databaseFile(storeManager, site.dataDir))
    const shop = spawnShop(site)
    await assert.rejects(shop.opened)
    assert.equal(await shop.ended(), 2)
    assert.match(shop.output(), /POSITION_AHEAD/)
    assert.match(shop.output(), /put coolriel's database of the same backup back too/)

    const doctor = await runMagasin(site, ['doctor'])
    assert.equal(doctor.code, 1)
    assert.match(doctor.stdout, /put both databases of one backup back/)
  })

  rmSync(site.dataDir, { recursive: true })
  renameSync(backup, site.dataDir)

  await t.test('holds the history up to its moment, whole', async () => {
    const restored = await exportHistory(site)
    assert.ok(restored.length >= takenAfter && restored.length < history.length, `${restored.length} events`)
    assert.deepEqual(restored, history.slice(0, restored.length))
  })

  await t.test('goes on from there: the users of then, and every e-mail that was not out yet', async () => {
    const restored = await exportHistory(site)
    const positions = await readPositions(site)
    const unsent = restored.filter(({ partition, seq }) => Number(seq) > (positions.get(Number(partition)) ?? 0))
    rmSync(site.outputDir, { recursive: true })

    const shop = await startShopProcess(site)
    await untilCaughtUp(site)
    assert.deepEqual((await listUsers(site)).map(({ id }) => id).toSorted(byNumber), usersOf(restored))
    assert.deepEqual([...readPages(site).keys()].toSorted(), unsent.map(pageOf).toSorted())
    assert.equal(await shop.stop(), 0)
  })
})

const takenAfter = 100

/** A stopped shop, and a backup from when it was at work; five commands at the least came after it. */
async function shopWithOlderBackup(t: TestContext): Promise<{ readonly site: ShopSite; readonly backup: string }> {
  const site = await createShopSite(t)
  const backup = join(site.folder, 'backup')
  const shop = await startShopProcess(site)
  const load = startUserLoad([site], { users: 300, clients: 8, deadlineMs: 30_000 })
  await load.reached(takenAfter)
  const { code, stderr } = await runMagasin(site, ['backup', '--out', backup])
  assert.equal(code, 0, stderr)
  await load.finished
  for (const id of [1, 2, 3, 4, 5]) await send(site, { method: 'DELETE', path: `/users/${id}`, key: `seed-${id}` })
  await untilCaughtUp(site)
  assert.equal(await shop.stop(), 0)
  return { site, backup }
}

/** How far Coolriel is in each partition. */
async function readPositions({ dataDir }: ShopSite): Promise<ReadonlyMap<number, number>> {
  const database = await openOwnDatabase<SubscriberTables>({
    part: coolriel,
    place: { dataDir },
    readOnly: true,
  })
  try {
    const rows = await database.reader.selectFrom('positions').selectAll().execute()
    return new Map(rows.map(({ partition, seq }) => [partition, seq]))
  } finally {
    await database.close()
  }
}

type Line = Readonly<Record<string, unknown>>

/** Who has an account at the end of a history. */
function usersOf(history: readonly Line[]): readonly number[] {
  const ids = (event: string) => history.filter((line) => line['event'] === event).map((line) => Number(line['id']))
  return [...new Set(ids('UserCreated')).difference(new Set(ids('UserDeleted')))].toSorted(byNumber)
}

const byNumber = (a: number, b: number): number => a - b

const pageOf = (line: Line): string =>
  `${line['event'] === 'UserCreated' ? 'welcome' : 'goodbye'}_${String(line['id'])}.html`
