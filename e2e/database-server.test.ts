import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { inspectMysql } from '@magasin/sql/mysql/inspect-mysql'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { mysqlGuest } from '@magasin/sql/testing/mysql-guest'
import { mysqlDatabase, skipWithoutMysql, statement } from '@magasin/sql/testing/mysql-server'
import { openStore } from '@magasin/store-manager/open-store'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { urlOf } from './testing/services-site.ts'
import { magasin } from '../tools/testing/magasin.ts'

const parts = ['store', 'coolriel'] as const

/** A setting that names no database yet, those that a shop would make of it, and how to call a command with it. */
function open(t: TestContext) {
  const long = mysqlDatabase(t)
  // Shorter: with a part at its end it has to be a setting, too.
  const base = { ...long, name: long.name.slice(0, 40) }
  for (const end of ['', ...parts.map((part) => `_${part}`)])
    t.after(() => statement(base, `drop database if exists ${base.name}${end}`))
  const folder = temporaryFolder(t)
  const settings = { MAGASIN_DATA: join(folder, 'data'), OUTPUT_DIR: join(folder, 'output'), PORT: '0' }
  const envOf = (user: MysqlOptions) => ({ ...settings, MAGASIN_DB: urlOf(user) })
  return {
    base,
    databases: parts.map((part) => ({ ...base, name: `${base.name}_${part}` })),
    folder,
    call: (line: string, user = base) => magasin(line.split(' '), { env: envOf(user) }),
    /** Runs the shop in one process for a moment: everything is there afterwards, and nothing runs. */
    async runShop() {
      const shop = await startShop(readShopConfig({ ...envOf(base), LOG_LEVEL: 'silent' }))
      await shop.stop()
    },
  }
}

describe('on a database server', { skip: skipWithoutMysql }, () => {
  test('the seed data goes into the store that was started, and makes none that nobody would look at', async (t) => {
    const { base, call, runShop } = open(t)
    const before = await call('seed')
    assert.match(before.stderr, /no store in .* start it once, or set MAGASIN_DB[^]*DATA_MISSING/)
    assert.equal(before.code, 2)
    await runShop()
    const after = await call('seed')
    assert.deepEqual([after.code, after.stdout], [0, 'The seed data was in already.\n'], after.stderr)
    assert.deepEqual((await inspectMysql(base)).tables, [])
  })

  test('a setting that may mean two stores is refused by every command, which names both', async (t) => {
    const { base, databases, folder, call } = open(t)
    for (const database of [base, databases[0]!])
      await openStore({ dataDir: folder, database }).then((store) => store.close())
    const both = new RegExp(`${base.name}_store on .* or ${base.name} on .*[^]*CONFIG_INVALID`)
    const lines = ['seed', 'token list', 'history export --all', 'log describe', 'doctor']
    for (const { code, stdout, stderr } of await Promise.all(lines.map((line) => call(line)))) {
      assert.match(stderr, both)
      assert.deepEqual([code, stdout], [2, ''])
    }
    const one = await call('token list', databases[0])
    assert.equal(one.code, 0, one.stderr)
  })

  test('whoever may only read can export the history, describe the log, see what is parked and ask the doctor', async (t) => {
    const { base, databases, folder, call, runShop } = open(t)
    await runShop()
    const reader = await mysqlGuest(t, base)
    for (const { name } of databases) await reader.grant('select', name)
    for (const [line, says] of [
      [`history export --all --out ${join(folder, 'history.json')}`, /^13 events read .* complete/m],
      ['log describe', /^user-events, .*^order-events, .*no event yet$/ms],
      ['parked list', /^Nothing is parked/],
      ['doctor', /5 events, 1 to the end/],
    ] as const) {
      const { code, stdout, stderr } = await call(line, reader)
      assert.match(stdout, says, stderr)
      assert.equal(code, 0, stdout + stderr)
    }
    const writing = await call('seed', reader)
    assert.match(writing.stderr, /grant all on `\w+_store`[^]*DATABASE_REFUSED/)
    assert.equal(writing.code, 2)
  })

  test('the doctor tells of a wrong collation, and leaves it as it is', async (t) => {
    const { databases, call, runShop } = open(t)
    await runShop()
    for (const { name } of databases)
      await statement(databases[0]!, `alter database ${name} collate utf8mb4_general_ci`)
    const before = await Promise.all(databases.map(inspectMysql))
    const { code, stdout } = await call('doctor')
    assert.equal(code, 1)
    assert.equal(stdout.match(/^✘ \S+ on \S+ has the collation utf8mb4_general_ci/gm)?.length, 2, stdout)
    const after = await Promise.all(databases.map(inspectMysql))
    for (const [i, { tables, collation }] of after.entries())
      assert.deepEqual([tables, collation], [before[i]!.tables, 'utf8mb4_general_ci'])
  })
})
