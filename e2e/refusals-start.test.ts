import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { createSite } from '../tools/testing/site.ts'
import { refused, seededSite } from './testing/refused.ts'
import { startMagasin } from '../tools/testing/magasin.ts'
import { kill } from '../tools/testing/spawned.ts'

describe('the shop does not start and says why', () => {
  test('where another program has the port', async (t) => {
    const busy = createServer().listen(0, '127.0.0.1')
    t.after(() => busy.close())
    await once(busy, 'listening')
    const port = String((busy.address() as AddressInfo).port)
    const { env, dataDir } = createSite(t)
    await refused(
      'start',
      { ...env, PORT: port },
      { code: 2, says: [`port ${port}`, 'in use', 'set PORT', 'PORT_IN_USE'] },
    )
    const again = startMagasin(['start'], { env })
    t.after(() => kill(again))
    await again.says(/is open/)
    assert.ok(existsSync(join(dataDir, 'store.db')), 'and nothing of the first attempt is in the way')
  })

  test('where this machine has no such address', async (t) => {
    const says = ['no address 203.0.113.7', 'set HOST', 'PORT_REFUSED']
    await refused('start', { ...createSite(t).env, HOST: '203.0.113.7' }, { code: 2, says })
  })

  test('where a file stands in the place of the output folder', async (t) => {
    const { env, outputDir } = createSite(t)
    writeFileSync(outputDir, '')
    await refused('start', env, { code: 2, says: [outputDir, 'OUTPUT_DIR', 'OUTPUT_FOLDER_UNUSABLE'] })
  })

  test('where a file stands in the place of the data folder', async (t) => {
    const { env, dataDir } = createSite(t)
    writeFileSync(dataDir, '')
    await refused('start', env, { code: 2, says: [dataDir, 'MAGASIN_DATA', 'DATA_FOLDER_UNUSABLE'] })
  })

  test('where the data folder lies beneath a file', async (t) => {
    const { env, dataDir } = createSite(t)
    writeFileSync(dataDir, '')
    const beneath = join(dataDir, 'deep', 'data')
    await refused('start', { ...env, MAGASIN_DATA: beneath }, { code: 2, says: [beneath, 'DATA_FOLDER_UNUSABLE'] })
  })

  test('where a shop runs on the same data, and names its process; that one goes on', async (t) => {
    const { env, dataDir } = createSite(t)
    const first = startMagasin(['start'], { env })
    t.after(() => kill(first))
    const [, url] = await first.says(/The store\s+(http:\/\/\S+)/)
    const says = [dataDir, `process ${first.process.pid}`, 'MAGASIN_DATA', 'DATA_FOLDER_IN_USE']
    await refused('start', env, { code: 2, says })
    assert.equal((await fetch(`${url}/health-check`)).status, 200)
    first.process.kill('SIGINT')
    assert.equal(await first.ended(), 0)
    assert.doesNotMatch(first.output(), /^\s+at /m)
  })

  test('where the store’s database is no database', async (t) => {
    const { env, dataDir } = createSite(t)
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'store.db'), 'something else entirely\n'.repeat(1_000))
    const says = [join(dataDir, 'store.db'), 'damaged', 'backup', 'DATABASE_DAMAGED']
    await refused('start', env, { code: 2, says })
  })

  test('where the header of the store’s database was overwritten', async (t) => {
    const { env, dataDir } = await seededSite(t)
    const file = join(dataDir, 'store.db')
    const bytes = readFileSync(file)
    bytes.fill(0xff, 0, 100)
    writeFileSync(file, bytes)
    await refused('start', env, { code: 2, says: [file, 'DATABASE_DAMAGED'] })
  })

  test('where half of the store’s database is missing', async (t) => {
    const { env, dataDir } = await seededSite(t)
    const file = join(dataDir, 'store.db')
    truncateSync(file, readFileSync(file).length / 2)
    await refused('start', env, { code: 2, says: [file, 'DATABASE_DAMAGED'] })
  })

  test('where Coolriel’s database is no database', async (t) => {
    const { env, dataDir } = await seededSite(t)
    const file = join(dataDir, 'coolriel.db')
    writeFileSync(file, 'something else entirely\n'.repeat(1_000))
    await refused('start', env, { code: 2, says: [file, 'DATABASE_DAMAGED'] })
  })

  test('where a newer version has changed the database', async (t) => {
    const { env, dataDir } = await seededSite(t)
    const database = new DatabaseSync(join(dataDir, 'store.db'))
    database.exec("insert into migrations_users (name, timestamp) values ('0099-later', '2030-01-01')")
    database.close()
    await refused('start', env, { code: 2, says: ['0099-later', 'newer version', 'DATABASE_NEWER'] })
  })
})

describe('a service by itself does not start and says why', () => {
  test('where Coolriel would have to read the table of another process', async (t) => {
    const { env, folder } = createSite(t)
    const says = ['MAGASIN_LOG must be kafka://host:port', 'magasin start', 'CONFIG_INVALID']
    await refused('serve coolriel', env, { code: 2, says })
    assert.deepEqual(readdirSync(folder), [])
  })

  test('where a store-manager runs on the same file, with a table that nobody relays; that one goes on', async (t) => {
    const { env, dataDir } = createSite(t)
    const first = startMagasin(['serve', 'store-manager'], { env })
    t.after(() => kill(first))
    const [, url] = await first.says(/The store\s+(http:\/\/\S+)/)
    const says = [join(dataDir, 'store.db'), `process ${first.process.pid}`, 'DATA_FOLDER_IN_USE']
    for (const command of ['serve store-manager', 'start']) await refused(command, env, { code: 2, says })
    assert.deepEqual(await (await fetch(`${url}/ready`)).json(), {
      status: 'ready',
      checks: { 'database:store': { status: 'ok' }, 'read-models': { status: 'ok' } },
    })
    first.process.kill('SIGINT')
    assert.equal(await first.ended(), 0)
  })

  test(
    'where the password of the database is wrong: waiting would not mend it',
    { skip: skipWithoutMysql },
    async (t) => {
      const { host, port } = mysqlDatabase(t)
      const env = { ...createSite(t).env, MAGASIN_DB: `mysql://nobody:hunter2@${host}:${port}/shop` }
      const told = await refused('serve store-manager', env, { code: 2, says: [`${host}:${port}`, 'DATABASE_REFUSED'] })
      assert.doesNotMatch(told, /hunter/)
    },
  )
})

describe('a service whose database server is not there yet', () => {
  test('says that it waits, and stops when it is told to', async (t) => {
    const env = { ...createSite(t).env, MAGASIN_DB: 'mysql://root@127.0.0.1:9/shop' }
    const waiting = startMagasin(['serve', 'store-manager'], { env })
    t.after(() => kill(waiting))
    await waiting.says(/cannot be reached yet; waiting/)
    waiting.process.kill('SIGINT')
    assert.equal(await waiting.ended(), 0)
    assert.equal(waiting.stdout(), '')
  })
})
