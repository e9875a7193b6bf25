import assert from 'node:assert/strict'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { coolriel } from '@magasin/coolriel/part'
import { databaseFile } from '@magasin/host/open-own-database'
import { readPages } from './testing/collect-evidence.ts'
import { handledEvents, untilCaughtUp } from './testing/metrics.ts'
import { createShopSite, type ShopSite } from './testing/shop-site.ts'
import { startShopProcess } from './testing/shop-process.ts'
import { startUserLoad } from './testing/user-load.ts'

// The seed's five, 120 created, 40 deleted.
const events = 5 + 120 + 40

test('a subscriber', async (t) => {
  const site = await shopWithHistory(t)
  const pages = readPages(site)

  await t.test('that goes on from its database writes nothing again', async () => {
    const before = writtenAt(site)
    assert.equal(await startAndCatchUp(site), 0)
    assert.deepEqual(writtenAt(site), before)
  })

  await t.test('that lost its database writes every e-mail again and adds none', async () => {
    const before = writtenAt(site)
    forgetEverything(site)
    assert.equal(await startAndCatchUp(site), events)
    assert.deepEqual(readPages(site), pages)
    const after = writtenAt(site)
    assert.deepEqual(
      [...before].filter(([name, moment]) => moment >= after.get(name)!),
      [],
    )
  })

  await t.test('that lost its database and its e-mails writes the same ones', async () => {
    forgetEverything(site)
    rmSync(site.outputDir, { recursive: true })
    assert.equal(await startAndCatchUp(site), events)
    assert.deepEqual(readPages(site), pages)
  })
})

/** A stopped shop, all of whose e-mails are written. */
async function shopWithHistory(t: TestContext): Promise<ShopSite> {
  const site = await createShopSite(t)
  const shop = await startShopProcess(site)
  await startUserLoad([site], { users: 120, clients: 16, deadlineMs: 30_000 }).finished
  await untilCaughtUp(site)
  assert.equal(await handledEvents(site), events)
  assert.equal(await shop.stop(), 0)
  assert.equal(readPages(site).size, events)
  return site
}

function forgetEverything({ dataDir }: ShopSite): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${databaseFile(coolriel, dataDir)}${suffix}`, { force: true })
}

/** Starts the shop and stops it when every e-mail is out; resolves with how many events that took. */
async function startAndCatchUp(site: ShopSite): Promise<number> {
  const shop = await startShopProcess(site)
  await untilCaughtUp(site)
  const handled = await handledEvents(site)
  assert.equal(await shop.stop(), 0)
  return handled
}

/** When each file was written, in nanoseconds since 1970. */
function writtenAt({ outputDir }: ShopSite): ReadonlyMap<string, bigint> {
  return new Map(
    readdirSync(outputDir).map((name) => [name, statSync(join(outputDir, name), { bigint: true }).mtimeNs]),
  )
}
