import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { EventTables } from '@magasin/contracts/event-tables'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { storeFile } from '@magasin/store-manager/open-store'
import { readEvents } from './testing/collect-evidence.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopPlace, type ShopPlace } from './testing/shop-place.ts'
import { startShopProcess } from './testing/shop-process.ts'
import { startUserLoad } from './testing/user-load.ts'

const partition = 3

test('an event that is missing ends an export with exit code 3, by name, and without a file', async (t) => {
  const place = await createShopPlace(t)
  await recordSome(t, place)
  await deleteEvent(place, 2)
  const missing = /user-events partition 3: event 2 is missing/
  const { exitCode, stderr } = await exportHistory(place)
  assert.equal(exitCode, 3)
  assert.match(stderr, missing)
  assert.deepEqual(filesBeside(place), [])

  await t.test('and an older file stays as it was', async () => {
    writeFileSync(join(place.folder, 'history.json'), 'the older one')
    assert.equal((await exportHistory(place)).exitCode, 3)
    assert.deepEqual(filesBeside(place), ['history.json'])
    assert.equal(readFileSync(join(place.folder, 'history.json'), 'utf8'), 'the older one')
  })

  await t.test('and the doctor finds it too', async () => {
    const doctor = await runMagasin(place, ['doctor'])
    assert.equal(doctor.exitCode, 1)
    assert.match(doctor.stdout, missing)
  })
})

test('an event that is missing at the end of a partition is missed as well', async (t) => {
  const place = await createShopPlace(t)
  await recordSome(t, place)
  const seqs = (await readEvents(place)).filter((event) => event.partition === partition).map(({ seq }) => seq)
  await deleteEvent(place, Math.max(...seqs))
  const { exitCode, stderr } = await exportHistory(place)
  assert.equal(exitCode, 3)
  assert.match(stderr, new RegExp(`user-events partition 3: event ${Math.max(...seqs)} is missing`))
  assert.deepEqual(filesBeside(place), [])
})

const exportHistory = (place: ShopPlace) =>
  runMagasin(place, ['history', 'export', '--topic', 'user-events', '--out', join(place.folder, 'history.json')])

async function recordSome(t: TestContext, place: ShopPlace): Promise<void> {
  const shop = await startShopProcess(t, place)
  await startUserLoad(place, { users: 60, clients: 8, deadlineMs: 30_000 }).finished
  assert.equal(await shop.stop(), 0)
}

async function deleteEvent({ dataDir }: ShopPlace, seq: number): Promise<void> {
  const database = openSqlite<EventTables>({ file: storeFile(dataDir) })
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
function filesBeside({ folder }: ShopPlace): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}
