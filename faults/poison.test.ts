import assert from 'node:assert/strict'
import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { send } from './testing/api.ts'
import { untilCaughtUp } from './testing/metrics.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopSite, type ShopSite } from './testing/shop-site.ts'
import { startShopProcess } from './testing/shop-process.ts'
import { readSamples } from '../tools/testing/read-metric.ts'
import { until } from '../tools/testing/until.ts'

/*
 * The poison is what a shop meets that was updated and then put back: events of a version that it does not know. The next version
 * records the seed's five users; today's meets them. Nothing is planted and nothing mended by hand: the update, made again, is the cure.
 */
const seeds = [1, 2, 3, 4, 5]
// Enough that each of the eight partitions has some behind its poison.
const others = 40

test('an event that cannot be handled holds up its own user only, and a redrive delivers that user’s in order', async (t) => {
  const site = await createShopSite(t)
  assert.match((await runMagasin(site, ['seed'], 'next')).stdout, /^5 users/)

  const shop = await startShopProcess(site)
  const created = await createOthers(site)
  assert.equal((await send(site, { method: 'DELETE', path: '/users/1', key: 'delete-1' })).status, 200)
  await untilCaughtUp(site)

  await t.test('everybody else has an e-mail, those of the poisoned events are parked in order', async () => {
    for (const id of created) assert.ok(existsSync(page(site, `welcome_${id}`)), `user ${id} has no e-mail`)
    for (const id of seeds) assert.ok(!existsSync(page(site, `welcome_${id}`)))
    assert.ok(!existsSync(page(site, 'goodbye_1')))
    assert.deepEqual(await readSamples(site, /^magasin_subscriber_parked/), [seeds.length + 1])
  })

  await t.test('the command line lists them and shows one, without telling who it is about', async () => {
    const ofUser1 = (await listParked(site)).filter(({ stream }) => stream === 'user-1')
    assert.deepEqual(
      ofUser1.map(({ type, why }) => `${type}: ${why}`),
      ['UserCreated v1: EVENT_SCHEMA_NEWER, tried 1 time', 'UserDeleted v2: waits behind another'],
    )
    const { code, stdout } = await runMagasin(site, ['parked', 'show', ofUser1[0]!.id])
    assert.equal(code, 0)
    assert.match(stdout, /"EVENT_SCHEMA_NEWER"/)
    assert.doesNotMatch(stdout, /Lovelace|@example/)
  })

  await t.test('a redrive that fails again says so, and keeps everything parked', async () => {
    const { code, stdout } = await redrive(site, '--stream', 'user-1')
    assert.equal(code, 1, stdout)
    assert.match(stdout, /^0 events were delivered; 2 are parked again: .*schema version 3/)
    const [first, second] = (await listParked(site)).filter(({ stream }) => stream === 'user-1')
    assert.match(first!.why, /tried 2 times/)
    assert.match(second!.why, /waits behind another/)
    assert.ok(!existsSync(page(site, 'goodbye_1')))
  })

  assert.equal(await shop.stop(), 0)
  await startShopProcess(site, 'next')
  await redriveInTheNextVersion(t, site)
})

async function redriveInTheNextVersion(t: TestContext, site: ShopSite): Promise<void> {
  await t.test('what is parked stays parked until somebody asks', async () => {
    await untilCaughtUp(site)
    assert.equal((await listParked(site)).length, seeds.length + 1)
  })

  await t.test('a redrive of one user delivers welcome, then goodbye, and leaves the others parked', async () => {
    const written = watchPages(t, site)
    const { code, stdout } = await redrive(site, '--stream', 'user-1')
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^2 events were delivered, in order/)
    await until('the goodbye page is seen', () => written.has('goodbye_1.html'))
    assert.deepEqual([...written], ['welcome_1.html', 'goodbye_1.html'])
    assert.deepEqual(
      (await listParked(site)).map(({ stream }) => stream).toSorted(),
      seeds.slice(1).map((id) => `user-${id}`),
    )
  })

  await t.test('a redrive of all delivers the rest, and new events of a freed user wait for nothing', async () => {
    const { code, stdout } = await redrive(site, '--all')
    assert.equal(code, 0, stdout)
    for (const id of seeds) assert.ok(existsSync(page(site, `welcome_${id}`)))
    assert.match((await runMagasin(site, ['parked', 'list'])).stdout, /^Nothing is parked/)
    await send(site, { method: 'DELETE', path: '/users/2', key: 'delete-2' })
    await untilCaughtUp(site)
    assert.ok(existsSync(page(site, 'goodbye_2')))
    assert.deepEqual(await readSamples(site, /^magasin_subscriber_parked/), [0])
  })
}

async function createOthers(site: ShopSite): Promise<readonly number[]> {
  const answers = Array.from({ length: others }, (_, n) => {
    const body = { name: `Person ${n}`, email: `person-${n}@example.com` }
    return send(site, { method: 'POST', path: '/users', body, key: `create-${n}` })
  })
  return (await Promise.all(answers)).map(({ body }) => Number(body['user_id']))
}

const redrive = (site: ShopSite, ...which: readonly string[]) => runMagasin(site, ['parked', 'redrive', ...which])

/** What `magasin parked list` tells, row by row. */
async function listParked(site: ShopSite) {
  const { code, stdout } = await runMagasin(site, ['parked', 'list'])
  assert.equal(code, 0)
  const rows = stdout.trimEnd().split('\n').slice(1)
  return rows.map((row) => {
    const [id = '', , stream = '', type = '', why = ''] = row.split(/ {2,}/)
    return { id, stream, type, why }
  })
}

const page = ({ outputDir }: ShopSite, stem: string): string => join(outputDir, `${stem}.html`)

/** The names of the pages in the order in which they appear from now on; times of files are too coarse to tell. */
function watchPages(t: TestContext, { outputDir }: ShopSite): ReadonlySet<string> {
  const names = new Set<string>()
  const watcher = watch(outputDir, (_kind, name) => {
    if (name?.endsWith('.html') === true) names.add(name)
  })
  t.after(() => watcher.close())
  return names
}
