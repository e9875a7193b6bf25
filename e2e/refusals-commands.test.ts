import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createSite } from '../tools/testing/site.ts'
import { refused, seededSite } from './testing/refused.ts'
import { magasin, startMagasin } from '../tools/testing/magasin.ts'
import { kill } from '../tools/testing/spawned.ts'

// How each command is called is tested with the program itself; here, that it reaches the one who called.
describe('a wrong call', () => {
  for (const [call, says] of [
    ['strat', "unknown command 'strat'"],
    ['start --port 80', "unknown option '--port'"],
    ['history export --topic no-such-events', 'user-events'],
    ['history export', '--topic <topic>'],
    ['token create', '--user <id>, --manager or --supplier <name>'],
  ] as const)
    test(`exits 2 and says how it is right: magasin ${call}`, async (t) => {
      const here = createSite(t)
      await refused(call, here.env, { code: 2, says: [says, '--help'] })
      assert.deepEqual(readdirSync(here.folder), [], 'nothing is made')
    })

  test('is none where help is asked for, or the version: that exits 0, on stdout', async () => {
    for (const [args, says] of [
      [['--help'], 'Exit codes'],
      [['history', 'export', '--help'], '--out <file>'],
      [['--version'], '0.1.0'],
    ] as const) {
      const { code, stdout, stderr } = await magasin(args)
      assert.deepEqual([code, stderr], [0, ''])
      assert.ok(stdout.includes(says), stdout)
    }
  })
})

describe('a command that cannot do what it is asked', () => {
  for (const command of [
    'token list',
    'token create --manager',
    'history export --all',
    'parked list',
    'parked redrive --all',
  ])
    test(`makes no shop where there is none: magasin ${command}`, async (t) => {
      const here = createSite(t)
      await refused(command, here.env, { code: 2, says: [here.dataDir, 'MAGASIN_DATA', 'DATA_MISSING'] })
      assert.deepEqual(readdirSync(here.folder), [])
    })

  test('says so: no export to where nothing can be written, and nothing is left there', async (t) => {
    const { env, folder } = await seededSite(t)
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    for (const out of [join(file, 'history.json'), join(folder, 'nowhere/history.json'), folder])
      await refused(`history export --all --out ${out}`, env, {
        code: 2,
        says: [out, 'another file', 'OUTPUT_FILE_UNUSABLE'],
      })
    assert.deepEqual(readdirSync(folder).toSorted(), ['a-file', 'data'])
  })

  test('says so: no token for a user who is not there', async (t) => {
    const { env } = await seededSite(t)
    await refused('token create --user 42', env, { code: 1, says: ['no user 42', 'USER_NOT_FOUND'] })
  })

  test('says so: no end of a token that there is not', async (t) => {
    const { env } = await seededSite(t)
    await refused('token revoke 42', env, { code: 1, says: ['42', 'token list', 'NOT_FOUND'] })
  })

  test('says so: no parked event of that id', async (t) => {
    const { env } = createSite(t)
    const shop = startMagasin(['start'], { env })
    t.after(() => kill(shop))
    await shop.says(/is open/)
    await refused('parked show 42', env, { code: 1, says: ['no event 42', 'parked list', 'NOT_FOUND'] })
  })

  test('says so: no backup onto a folder that is there, or where none can be made', async (t) => {
    const { env, folder, dataDir } = await seededSite(t)
    await refused(`backup --out ${dataDir}`, env, { code: 2, says: [dataDir, 'there already', 'BACKUP_UNUSABLE'] })
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    await refused(`backup --out ${file}/copy`, env, { code: 2, says: [`${file}/copy`, 'BACKUP_UNUSABLE'] })
    assert.deepEqual(readdirSync(folder).toSorted(), ['a-file', 'data'])
  })

  test('says so: no backup of a database server, which has its own tools', async (t) => {
    const { env, folder } = createSite(t)
    const server = { ...env, MAGASIN_DB: 'mysql://ada:hunter2@db/shop' }
    const says = ['mariadb-dump', '--single-transaction', 'shop on db:3306', 'BACKUP_UNUSABLE']
    const told = await refused(`backup --out ${join(folder, 'copy')}`, server, { code: 2, says })
    assert.doesNotMatch(told, /hunter/)
  })

  test('says so: nothing is read from brokers, or brought to them, that no setting names', async (t) => {
    const { env, folder } = await seededSite(t)
    for (const command of [
      `history export --all --from log --out ${folder}/x.json`,
      'log republish --topic user-events --from 1',
    ])
      await refused(command, env, { code: 2, says: ['MAGASIN_LOG must be kafka://host:port', 'CONFIG_INVALID'] })
  })

  test('says so: no backup where there is no shop', async (t) => {
    const { env, dataDir, folder } = createSite(t)
    await refused(`backup --out ${join(folder, 'copy')}`, env, { code: 2, says: [dataDir, 'DATA_MISSING'] })
  })
})
