import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { listUsers } from './testing/api.ts'
import { checkShop } from './testing/check-shop.ts'
import { collectEvidence } from './testing/collect-evidence.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopSite } from './testing/shop-site.ts'
import { spawnShop, startShopProcess } from './testing/shop-process.ts'
import { until } from '../tools/testing/until.ts'

// What a first start makes, in this order; the seed comes between the last two.
const steps = ['store.db', 'manager.token', 'coolriel.db']

for (const step of steps)
  test(`a first start that is killed when ${step} appears is finished by the next: one token, five users`, async (t) => {
    const { env, ...where } = await createShopSite(t)
    const { MAGASIN_TOKEN: _, ...withoutToken } = env
    const site = { ...where, env: withoutToken }
    const first = spawnShop(site)
    await until(`${step} appears`, () => existsSync(join(site.dataDir, step)), { everyMs: 1 })
    await first.kill()

    const shop = await startShopProcess(site)
    const token = readFileSync(join(site.dataDir, 'manager.token'), 'utf8').trim()
    const users = await listUsers({ ...site, token })
    assert.equal(users.length, 5)
    const tokens = await runMagasin(site, ['token', 'list'])
    assert.equal(tokens.stdout.trim().split('\n').length, 2, 'a line for the head, a line for the token')
    const acknowledged = users.map((user) => ({ event: 'UserCreated', user }) as const)
    assert.deepEqual(checkShop({ acknowledged, ...(await collectEvidence({ ...site, token }, shop)) }), [])
  })
