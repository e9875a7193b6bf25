import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { temporaryFolder } from '@magasin/contracts/testing/temporary-folder'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { kill, magasin, startMagasin } from './testing/spawned.ts'

/** A place for a shop, and what tells the command line of it. */
interface Place {
  readonly folder: string
  readonly data: string
  readonly output: string
  readonly env: Readonly<Record<string, string>>
}

function place(t: TestContext): Place {
  const folder = temporaryFolder(t)
  const [data, output] = [join(folder, 'data'), join(folder, 'output')]
  return { folder, data, output, env: { MAGASIN_DATA: data, OUTPUT_DIR: output, PORT: '0' } }
}

/** A place in which a shop has run: its seed is in. */
async function seededPlace(t: TestContext): Promise<Place> {
  const here = place(t)
  assert.equal((await magasin(['seed'], here)).code, 0)
  return here
}

/** Runs a command that cannot do what it is asked: the exit code, every part of the message, and never a stack. */
async function refused(
  args: string,
  env: Readonly<Record<string, string>>,
  expected: { readonly code: number; readonly says: readonly (string | RegExp)[] },
): Promise<string> {
  const { code, stdout, output } = await magasin(args.split(' '), { env })
  assert.equal(code, expected.code, output)
  for (const part of expected.says)
    assert.ok(typeof part === 'string' ? output.includes(part) : part.test(output), `${part} is not said in\n${output}`)
  assert.doesNotMatch(output, /^\s+at /m)
  assert.doesNotMatch(output, /unexpected failure|\[object|undefined/)
  assert.equal(stdout, '', 'what is wrong is told on stderr')
  return output
}

describe('the shop does not start and says why', () => {
  test('where another program has the port', async (t) => {
    const busy = createServer().listen(0, '127.0.0.1')
    t.after(() => busy.close())
    await once(busy, 'listening')
    const port = String((busy.address() as AddressInfo).port)
    const { env, data } = place(t)
    await refused(
      'start',
      { ...env, PORT: port },
      { code: 2, says: [`port ${port}`, 'in use', 'set PORT', 'PORT_IN_USE'] },
    )
    const again = startMagasin(['start'], { env })
    t.after(() => kill(again))
    await again.says(/is open/)
    assert.ok(existsSync(join(data, 'store.db')), 'and nothing of the first attempt is in the way')
  })

  test('where this machine has no such address', async (t) => {
    const says = ['no address 203.0.113.7', 'set HOST', 'PORT_REFUSED']
    await refused('start', { ...place(t).env, HOST: '203.0.113.7' }, { code: 2, says })
  })

  test('where a file stands in the place of the output folder', async (t) => {
    const { env, output } = place(t)
    writeFileSync(output, '')
    await refused('start', env, { code: 2, says: [output, 'OUTPUT_DIR', 'OUTPUT_FOLDER_UNUSABLE'] })
  })

  test('where a file stands in the place of the data folder', async (t) => {
    const { env, data } = place(t)
    writeFileSync(data, '')
    await refused('start', env, { code: 2, says: [data, 'MAGASIN_DATA', 'DATA_FOLDER_UNUSABLE'] })
  })

  test('where the data folder lies beneath a file', async (t) => {
    const { env, data } = place(t)
    writeFileSync(data, '')
    const beneath = join(data, 'deep', 'data')
    await refused('start', { ...env, MAGASIN_DATA: beneath }, { code: 2, says: [beneath, 'DATA_FOLDER_UNUSABLE'] })
  })

  test('where a shop runs on the same data, and names its process; that one goes on', async (t) => {
    const { env, data } = place(t)
    const first = startMagasin(['start'], { env })
    t.after(() => kill(first))
    const [, url] = await first.says(/The store\s+(http:\/\/\S+)/)
    const says = [data, `process ${first.process.pid}`, 'MAGASIN_DATA', 'DATA_FOLDER_IN_USE']
    await refused('start', env, { code: 2, says })
    assert.equal((await fetch(`${url}/health-check`)).status, 200)
    first.process.kill('SIGINT')
    assert.equal(await first.ended(), 0)
    assert.doesNotMatch(first.output(), /^\s+at /m)
  })

  test('where the store’s database is no database', async (t) => {
    const { env, data } = place(t)
    mkdirSync(data)
    writeFileSync(join(data, 'store.db'), 'something else entirely\n'.repeat(1_000))
    const says = [join(data, 'store.db'), 'damaged', 'backup', 'DATABASE_DAMAGED']
    await refused('start', env, { code: 2, says })
  })

  test('where the header of the store’s database was overwritten', async (t) => {
    const { env, data } = await seededPlace(t)
    const file = join(data, 'store.db')
    const bytes = readFileSync(file)
    bytes.fill(0xff, 0, 100)
    writeFileSync(file, bytes)
    await refused('start', env, { code: 2, says: [file, 'DATABASE_DAMAGED'] })
  })

  test('where half of the store’s database is missing', async (t) => {
    const { env, data } = await seededPlace(t)
    const file = join(data, 'store.db')
    truncateSync(file, readFileSync(file).length / 2)
    await refused('start', env, { code: 2, says: [file, 'DATABASE_DAMAGED'] })
  })

  test('where Coolriel’s database is no database', async (t) => {
    const { env, data } = await seededPlace(t)
    const file = join(data, 'coolriel.db')
    writeFileSync(file, 'something else entirely\n'.repeat(1_000))
    await refused('start', env, { code: 2, says: [file, 'DATABASE_DAMAGED'] })
  })

  test('where a newer version has changed the database', async (t) => {
    const { env, data } = await seededPlace(t)
    const database = new DatabaseSync(join(data, 'store.db'))
    database.exec("insert into migrations_store_manager (name, timestamp) values ('0099-later', '2030-01-01')")
    database.close()
    await refused('start', env, { code: 2, says: ['0099-later', 'newer version', 'DATABASE_NEWER'] })
  })
})

describe('settings that are wrong', () => {
  const wrong: readonly [what: string, env: Readonly<Record<string, string>>, says: readonly string[]][] = [
    ['a port that is no number', { PORT: 'abc' }, ['PORT="abc"', '0 to 65535']],
    ['a port that is too large', { PORT: '70000' }, ['PORT="70000"']],
    ['an engine that there is not', { MAGASIN_DB: 'oracle' }, ['MAGASIN_DB must be sqlite, or mysql://']],
    ['a log that there is not', { MAGASIN_LOG: 'paper' }, ['MAGASIN_LOG="paper"', 'table, or kafka://host:port']],
    [
      'lab names that do not suffice',
      { DB_PORT: '3306', DB_NAME: 'shop' },
      ['DB_HOST must be set', 'DB_USER must be set'],
    ],
    [
      'a log that the lab’s name says otherwise',
      { MAGASIN_LOG: 'kafka://one', KAFKA_HOST: 'other' },
      ['MAGASIN_LOG="kafka://one"', 'KAFKA_HOST="other"'],
    ],
    [
      'a group that would begin at the end',
      { KAFKA_AUTO_OFFSET_RESET: 'latest' },
      ['KAFKA_AUTO_OFFSET_RESET="latest"', 'would get no e-mail'],
    ],
    ['a level that there is not', { LOG_LEVEL: 'loud' }, ['LOG_LEVEL="loud"', 'debug']],
    ['open access beyond this machine', { MAGASIN_ACCESS: 'open', HOST: '0.0.0.0' }, ['MAGASIN_ACCESS=open', 'HOST']],
    [
      'several at once',
      { PORT: '-1', MAGASIN_DB: 'oracle', MAGASIN_LOG: 'paper', MAGASIN_ACCESS: 'all' },
      ['PORT="-1"', 'MAGASIN_DB must be', 'MAGASIN_LOG="paper"', 'MAGASIN_ACCESS="all"'],
    ],
  ]
  for (const [what, env, says] of wrong)
    test(`are told, each of them, and nothing is made: ${what}`, async (t) => {
      const here = place(t)
      await refused('start', { ...here.env, ...env }, { code: 2, says: [...says, 'CONFIG_INVALID'] })
      assert.deepEqual(readdirSync(here.folder), [])
    })

  test('are told without a secret: a token that is too short is not shown', async (t) => {
    const told = await refused(
      'start',
      { ...place(t).env, MAGASIN_TOKEN: 'hunter2' },
      { code: 2, says: ['MAGASIN_TOKEN', '16 characters', 'CONFIG_INVALID'] },
    )
    assert.doesNotMatch(told, /hunter2/)
  })

  test('are told without a secret: a database’s password is not shown, whatever is wrong with it', async (t) => {
    const { env } = place(t)
    const lab = { DB_HOST: 'db', DB_USER: 'ada', DB_PASSWORD: 'hunter2', DB_NAME: 'shop' }
    for (const set of [
      { MAGASIN_DB: 'mysql://ada:hunter2@db:99999/shop' },
      { ...lab, MAGASIN_DB: 'sqlite' },
      { ...lab, DB_NAME: 'no name' },
    ]) {
      const told = await refused(
        'start',
        { ...env, ...set },
        { code: 2, says: [/MAGASIN_DB|DB_NAME/, 'CONFIG_INVALID'] },
      )
      assert.doesNotMatch(told, /hunter/)
    }
  })

  test('are told by every command that reads them', async (t) => {
    const env = { ...place(t).env, PORT: 'abc' }
    for (const command of ['seed', 'token list', 'history export', 'parked list', 'doctor', 'serve coolriel'])
      await refused(command, env, { code: 2, says: ['PORT="abc"', 'CONFIG_INVALID'] })
  })
})

describe('a service by itself does not start and says why', () => {
  test('where Coolriel would have to read the table of another process', async (t) => {
    const { env, folder } = place(t)
    const says = ['MAGASIN_LOG must be kafka://host:port', 'magasin start', 'CONFIG_INVALID']
    await refused('serve coolriel', env, { code: 2, says })
    assert.deepEqual(readdirSync(folder), [])
  })

  test('where a store-manager runs on the same file, with a table that nobody relays; that one goes on', async (t) => {
    const { env, data } = place(t)
    const first = startMagasin(['serve', 'store-manager'], { env })
    t.after(() => kill(first))
    const [, url] = await first.says(/The store\s+(http:\/\/\S+)/)
    const says = [join(data, 'store.db'), `process ${first.process.pid}`, 'DATA_FOLDER_IN_USE']
    for (const command of ['serve store-manager', 'start']) await refused(command, env, { code: 2, says })
    assert.deepEqual(await (await fetch(`${url}/ready`)).json(), {
      status: 'ready',
      checks: { store: { status: 'ok' } },
    })
    first.process.kill('SIGINT')
    assert.equal(await first.ended(), 0)
  })

  test(
    'where the password of the database is wrong: waiting would not mend it',
    { skip: skipWithoutMysql },
    async (t) => {
      const { host, port } = mysqlDatabase(t)
      const env = { ...place(t).env, MAGASIN_DB: `mysql://nobody:hunter2@${host}:${port}/shop` }
      const told = await refused('serve store-manager', env, { code: 2, says: [`${host}:${port}`, 'DATABASE_REFUSED'] })
      assert.doesNotMatch(told, /hunter/)
    },
  )
})

describe('a service whose database server is not there yet', () => {
  test('says that it waits, and stops when it is told to', async (t) => {
    const env = { ...place(t).env, MAGASIN_DB: 'mysql://root@127.0.0.1:9/shop' }
    const waiting = startMagasin(['serve', 'store-manager'], { env })
    t.after(() => kill(waiting))
    await waiting.says(/cannot be reached yet; waiting/)
    waiting.process.kill('SIGINT')
    assert.equal(await waiting.ended(), 0)
    assert.equal(waiting.stdout(), '')
  })
})

// How each command is called is tested with the program itself; here, that it reaches the one who called.
describe('a wrong call', () => {
  for (const [call, says] of [
    ['strat', "unknown command 'strat'"],
    ['start --port 80', "unknown option '--port'"],
    ['history export --topic order-events', 'user-events'],
    ['token create', '--user <id> or --manager'],
  ] as const)
    test(`exits 2 and says how it is right: magasin ${call}`, async (t) => {
      const here = place(t)
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
    'history export',
    'parked list',
    'parked redrive --all',
  ])
    test(`makes no shop where there is none: magasin ${command}`, async (t) => {
      const here = place(t)
      await refused(command, here.env, { code: 2, says: [here.data, 'MAGASIN_DATA', 'DATA_MISSING'] })
      assert.deepEqual(readdirSync(here.folder), [])
    })

  test('says so: no export to where nothing can be written, and nothing is left there', async (t) => {
    const { env, folder } = await seededPlace(t)
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    for (const out of [join(file, 'history.json'), join(folder, 'nowhere/history.json'), folder])
      await refused(`history export --out ${out}`, env, {
        code: 2,
        says: [out, 'another file', 'OUTPUT_FILE_UNUSABLE'],
      })
    assert.deepEqual(readdirSync(folder).toSorted(), ['a-file', 'data'])
  })

  test('says so: no token for a user who is not there', async (t) => {
    const { env } = await seededPlace(t)
    await refused('token create --user 42', env, { code: 1, says: ['no user 42', 'USER_NOT_FOUND'] })
  })

  test('says so: no end of a token that there is not', async (t) => {
    const { env } = await seededPlace(t)
    await refused('token revoke 42', env, { code: 1, says: ['42', 'token list', 'NOT_FOUND'] })
  })

  test('says so: no parked event of that id', async (t) => {
    const { env } = place(t)
    const shop = startMagasin(['start'], { env })
    t.after(() => kill(shop))
    await shop.says(/is open/)
    await refused('parked show 42', env, { code: 1, says: ['no event 42', 'parked list', 'NOT_FOUND'] })
  })

  test('says so: no backup onto a folder that is there, or where none can be made', async (t) => {
    const { env, folder, data } = await seededPlace(t)
    await refused(`backup --out ${data}`, env, { code: 2, says: [data, 'there already', 'BACKUP_UNUSABLE'] })
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    await refused(`backup --out ${file}/copy`, env, { code: 2, says: [`${file}/copy`, 'BACKUP_UNUSABLE'] })
    assert.deepEqual(readdirSync(folder).toSorted(), ['a-file', 'data'])
  })

  test('says so: no backup of a database server, which has its own tools', async (t) => {
    const { env, folder } = place(t)
    const server = { ...env, MAGASIN_DB: 'mysql://ada:hunter2@db/shop' }
    const says = ['mariadb-dump', '--single-transaction', 'shop on db:3306', 'BACKUP_UNUSABLE']
    const told = await refused(`backup --out ${join(folder, 'copy')}`, server, { code: 2, says })
    assert.doesNotMatch(told, /hunter/)
  })

  test('says so: nothing is read from brokers, or brought to them, that no setting names', async (t) => {
    const { env, folder } = await seededPlace(t)
    for (const command of [
      `history export --from log --out ${folder}/x.json`,
      'log republish --topic user-events --from 1',
    ])
      await refused(command, env, { code: 2, says: ['MAGASIN_LOG must be kafka://host:port', 'CONFIG_INVALID'] })
  })

  test('says so: no backup where there is no shop', async (t) => {
    const { env, data, folder } = place(t)
    await refused(`backup --out ${join(folder, 'copy')}`, env, { code: 2, says: [data, 'DATA_MISSING'] })
  })
})
