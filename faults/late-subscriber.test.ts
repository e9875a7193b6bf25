import assert from 'node:assert/strict'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { coolrielFile } from '@magasin/coolriel/open-database'
import { readPages } from './testing/collect-evidence.ts'
import { handledEvents, untilCaughtUp } from './testing/metrics.ts'
import { createShopPlace, type ShopPlace } from './testing/shop-place.ts'
import { startShopProcess } from './testing/shop-process.ts'
import { startUserLoad } from './testing/user-load.ts'

// The seed's five, 120 created, 40 deleted.
const events = 5 + 120 + 40

test('a subscriber', async (t) => {
  const place = await shopWithHistory(t)
  const pages = readPages(place)

  await t.test('that goes on from its database writes nothing again', async () => {
    const before = writtenAt(place)
    assert.equal(await startAndCatchUp(place), 0)
    assert.deepEqual(writtenAt(place), before)
  })

  await t.test('that lost its database writes every e-mail again and adds none', async () => {
    const before = writtenAt(place)
    forgetEverything(place)
    assert.equal(await startAndCatchUp(place), events)
    assert.deepEqual(readPages(place), pages)
    const after = writtenAt(place)
    assert.deepEqual(
      [...before].filter(([name, moment]) => moment >= after.get(name)!),
      [],
    )
  })

  await t.test('that lost its database and its e-mails writes the same ones', async () => {
    forgetEverything(place)
    rmSync(place.outputDir, { recursive: true })
    assert.equal(await startAndCatchUp(place), events)
    assert.deepEqual(readPages(place), pages)
  })
})

/** A stopped shop, all of whose e-mails are written. */
async function shopWithHistory(t: TestContext): Promise<ShopPlace> {
  const place = await createShopPlace(t)
  const shop = await startShopProcess(place)
  await startUserLoad([place], { users: 120, clients: 16, deadlineMs: 30_000 }).finished
  await untilCaughtUp(place)
  assert.equal(await handledEvents(place), events)
  assert.equal(await shop.stop(), 0)
  assert.equal(readPages(place).size, events)
  return place
}

function forgetEverything({ dataDir }: ShopPlace): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${coolrielFile(dataDir)}${suffix}`, { force: true })
}

/** Starts the shop and stops it when every e-mail is out; resolves with how many events that took. */
async function startAndCatchUp(place: ShopPlace): Promise<number> {
  const shop = await startShopProcess(place)
  await untilCaughtUp(place)
  const handled = await handledEvents(place)
  assert.equal(await shop.stop(), 0)
  return handled
}

/** When each file was written, in nanoseconds since 1970. */
function writtenAt({ outputDir }: ShopPlace): ReadonlyMap<string, bigint> {
  return new Map(
    readdirSync(outputDir).map((name) => [name, statSync(join(outputDir, name), { bigint: true }).mtimeNs]),
  )
}
