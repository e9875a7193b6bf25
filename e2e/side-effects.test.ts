import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { createSite } from '../tools/testing/site.ts'
import { createUser } from './testing/call.ts'
import { magasin, startMagasin } from '../tools/testing/magasin.ts'
import { kill, type Spawned } from '../tools/testing/spawned.ts'
import { until } from '../tools/testing/until.ts'

function openSite(t: TestContext) {
  const site = createSite(t)
  const env = { ...site.env, LOG_LEVEL: 'silent' }
  return { ...site, env, open: () => startShop(readShopConfig(env)) }
}

/** Every file of some folders with its time and content, but for what SQLite keeps beside a database that is open. */
function snapshot(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !/-(wal|shm)$/.test(name))
      .map((name) => join(folder, name))
      .map(
        (file) => `${file} ${statSync(file).mtimeMs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
      ),
  )
}

const welcomes = (outputDir: string) => readdirSync(outputDir).filter((name) => name.startsWith('welcome_')).length

describe('what only reads the history', () => {
  test('changes no database and writes no e-mail, though none was ever sent', async (t) => {
    const { folder, dataDir, outputDir, env, open } = openSite(t)
    const shop = await open()
    await until('five welcome pages', () => welcomes(outputDir) === 5)
    await shop.stop()
    // Whoever read this history as a subscriber would now have every e-mail to send.
    rmSync(join(dataDir, 'coolriel.db'))
    for (const page of readdirSync(outputDir)) rmSync(join(outputDir, page))
    const before = snapshot(dataDir, outputDir)
    for (const args of [
      ['history', 'export', '--all', '--out', join(folder, 'history.json')],
      ['doctor'],
      ['token', 'list'],
      ['read-models', 'status'],
    ])
      assert.equal((await magasin(args, { env })).code, 0, args.join(' '))
    assert.deepEqual(snapshot(dataDir, outputDir), before)
    assert.equal(JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8')).length, 13)
  })
})

describe('a shop that cannot write e-mails', () => {
  test('says that it is degraded, takes every command, and writes them all once it can', async (t) => {
    const { outputDir, open } = openSite(t)
    const shop = await open()
    t.after(() => shop.stop())
    const ready = async () => {
      const response = await fetch(`${shop.url}/ready`)
      return {
        http: response.status,
        ...((await response.json()) as { status: string; checks: Record<string, { status: string }> }),
      }
    }
    await until('five welcome pages', () => welcomes(outputDir) === 5)
    assert.deepEqual((await ready()).status, 'ready')

    rmSync(outputDir, { recursive: true })
    const created = await fetch(`${shop.url}/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.services.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Grace Hopper', email: 'grace@example.com' }),
    })
    assert.equal(created.status, 201)
    const { user_id: id } = (await created.json()) as { user_id: number }
    const isDegraded = async () => (await ready()).checks['group:coolriel']?.status === 'failed'
    await until('Coolriel among the failed checks', isDegraded)
    const { http, status, checks } = await ready()
    assert.deepEqual(
      [http, status, checks['database:store']?.status, checks['mail']?.status],
      [200, 'degraded', 'ok', 'failed'],
    )

    mkdirSync(outputDir)
    await until('the page that was late', () => existsSync(join(outputDir, `welcome_${id}.html`)))
    await until('a shop that is ready again', async () => (await ready()).status === 'ready')
  })
})

describe('services whose brokers are away', () => {
  test('start, say that they are degraded, take commands, and stop when they are told to', async (t) => {
    const { env } = openSite(t)
    // Nobody listens on the discard port.
    const settings = { ...env, LOG_LEVEL: 'info', MAGASIN_LOG: 'kafka://127.0.0.1:9' }
    const [store, coolriel] = ['store-manager', 'coolriel'].map((service) => {
      const spawned = startMagasin(['serve', service], { env: settings })
      t.after(() => kill(spawned))
      return spawned
    }) as [Spawned, Spawned]
    const [, url = ''] = await store.says(/The store\s+(http:\/\/\S+)/)
    const [, token = ''] = await store.says(/Manager's token\s+(\S+)/)
    const [, metrics = ''] = await coolriel.says(/Health and metrics\s+(http:\/\/[^/]+)/)
    await createUser({ url, token }, { name: 'Grace Hopper', email: 'grace@example.com' })
    for (const [address, away, own] of [
      [url, 'relay', 'database:store'],
      [metrics, 'log', 'database:coolriel'],
    ] as const) {
      const response = await fetch(`${address}/ready`)
      const { status, checks } = (await response.json()) as {
        readonly status: string
        readonly checks: Readonly<Record<string, unknown>>
      }
      assert.deepEqual([response.status, status], [200, 'degraded'])
      assert.deepEqual(checks[away], { status: 'failed', code: 'LOG_UNAVAILABLE' })
      assert.deepEqual(checks[own], { status: 'ok' })
    }
    for (const running of [store, coolriel]) {
      running.process.kill('SIGTERM')
      assert.equal(await running.ended(), 0, running.output())
    }
  })
})
