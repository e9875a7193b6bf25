import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { databaseOf } from './database-setting.ts'
import { kafkaOf, serviceSettings } from './service-settings.ts'
import { readSettings, type Environment } from './settings.ts'

const settings = serviceSettings({ port: 5000, portMeaning: 'where it listens', labTopic: 'letters' })
const read = (env: Environment) => readSettings(settings, env)

const faultsOf = (env: Environment): readonly string[] => {
  try {
    read(env)
  } catch (error) {
    assert.ok(isMagasinError(error, 'CONFIG_INVALID'))
    return error.message.split('\n').slice(1)
  }
  return []
}

const shop = { host: 'db', port: 3307, user: 'ada', password: 'p@ss/wörd', name: 'shop' }

describe('the database of a service', () => {
  test('is a file unless it is told where its server is', () => {
    assert.equal(read({}).database, 'sqlite')
    assert.equal(read({ MAGASIN_DB: 'sqlite' }).database, 'sqlite')
    assert.deepEqual(read({ MAGASIN_DB: 'mysql://ada:p%40ss%2Fw%C3%B6rd@db:3307/shop' }).database, shop)
  })

  test('needs no password and no port', () => {
    const { database } = read({ MAGASIN_DB: 'mysql://root@[::1]/shop' })
    assert.deepEqual(database, { host: '::1', port: 3306, user: 'root', password: '', name: 'shop' })
  })

  for (const text of [
    'oracle',
    'mysql://db/shop',
    'mysql://ada:hunter2@db',
    'mysql://ada:hunter2@db:0/shop',
    'mysql://ada:hunter2@db:70000/shop',
    'mysql://ada:hunter2@db:3306/',
    'mysql://ada:hunter2@db:3306/shop/more',
    'mysql://ada:hunter2@db:3306/shop?ssl=1',
    'mysql://ada:hunter@2@db:3306/shop',
    'mysql://ada:%hunter2@db:3306/shop',
    'mysql://ada:hunter2@db,other/shop',
    'postgres://ada:hunter2@db:3306/shop',
  ])
    test(`is refused without what was given, where that is wrong: ${text}`, () => {
      const [fault, ...others] = faultsOf({ MAGASIN_DB: text })
      assert.match(fault ?? '', /^ {2}MAGASIN_DB must be sqlite, or mysql:\/\/user:password@host:port\/name/)
      assert.doesNotMatch(fault!, /hunter/)
      assert.deepEqual(others, [])
    })

  test('may be given by the lab’s names', () => {
    const lab = { DB_HOST: 'db', DB_PORT: '3307', DB_USER: 'ada', DB_PASSWORD: 'p@ss/wörd', DB_NAME: 'shop' }
    assert.deepEqual(read(lab).database, shop)
    assert.deepEqual(read({ ...lab, MAGASIN_DB: 'mysql://ada:p%40ss%2Fw%C3%B6rd@db:3307/shop' }).database, shop)
    assert.deepEqual(read({ DB_HOST: 'db', DB_USER: 'ada', DB_NAME: 'shop', DB_PASSWORD: '' }).database, {
      ...shop,
      port: 3306,
      password: '',
    })
  })

  test('that the lab’s names say otherwise is told by names alone', () => {
    const lab = { DB_HOST: 'db', DB_USER: 'ada', DB_PASSWORD: 'hunter2', DB_NAME: 'shop' }
    for (const MAGASIN_DB of ['sqlite', 'mysql://ada:hunter3@db/shop'])
      assert.deepEqual(faultsOf({ ...lab, MAGASIN_DB }), [
        '  MAGASIN_DB and DB_HOST, DB_USER, DB_PASSWORD, DB_NAME name the same setting: set one of them, or both alike',
      ])
  })

  test('is not guessed where the lab’s names do not suffice, or are wrong', () => {
    assert.deepEqual(faultsOf({ DB_PASSWORD: 'hunter2', DB_PORT: 'x' }), [
      '  DB_HOST must be set, where DB_PORT, DB_PASSWORD are',
      '  DB_USER must be set, where DB_PORT, DB_PASSWORD are',
      '  DB_NAME must be set, where DB_PORT, DB_PASSWORD are',
      '  DB_PORT="x" must be a port, 1 to 65535',
    ])
    assert.deepEqual(faultsOf({ DB_HOST: 'mysql://ada:hunter2@db', DB_USER: 'ada', DB_NAME: 'shop' }), [
      '  DB_HOST="mysql://***@db" must be the name of a host',
    ])
    assert.deepEqual(faultsOf({ DB_HOST: 'a b', DB_USER: 'ada', DB_NAME: 'a;b' }), [
      '  DB_HOST="a b" must be the name of a host',
      '  DB_NAME="a;b" must be a name of at most 50 letters, digits, "_" and "-"',
    ])
  })

  test('has the name of its part, where several share a setting', () => {
    assert.equal(databaseOf('store', 'sqlite'), 'sqlite')
    assert.deepEqual(databaseOf('store', shop), { ...shop, name: 'shop_store' })
  })
})

describe('the log', () => {
  test('is the table unless it is told where brokers are', () => {
    assert.equal(kafkaOf(read({})), null)
    assert.deepEqual(kafkaOf(read({ MAGASIN_LOG: 'kafka://one:9093,two', MAGASIN_TOPIC_PREFIX: 'test.' })), {
      brokers: ['one:9093', 'two:9092'],
      prefix: 'test.',
      names: {},
    })
  })

  test('may be given by the lab’s names', () => {
    assert.deepEqual(kafkaOf(read({ KAFKA_HOST: 'kafka', KAFKA_TOPIC: 'labo07' })), {
      brokers: ['kafka:9092'],
      prefix: '',
      names: { letters: 'labo07' },
    })
    assert.deepEqual(read({ KAFKA_HOST: 'kafka:9092', MAGASIN_LOG: 'kafka://kafka' }).log, { brokers: ['kafka:9092'] })
  })

  test('that the lab’s name says otherwise is told', () => {
    assert.deepEqual(faultsOf({ KAFKA_HOST: 'kafka', MAGASIN_LOG: 'table' }), [
      '  MAGASIN_LOG="table" and KAFKA_HOST="kafka" name the same setting: set one of them, or both alike',
    ])
  })

  for (const [env, says] of [
    [{ MAGASIN_LOG: 'paper' }, 'MAGASIN_LOG="paper" must be table, or kafka://host:port'],
    [{ MAGASIN_LOG: 'kafka://' }, 'MAGASIN_LOG="kafka://" must be'],
    [{ MAGASIN_LOG: 'kafka://one:9092,,two:9092' }, 'MAGASIN_LOG="kafka://one:9092,,two:9092" must be'],
    [{ MAGASIN_LOG: 'kafka://one:99999' }, 'must be table, or kafka://'],
    [{ MAGASIN_LOG: 'kafka://ada:hunter2@one:9092' }, 'MAGASIN_LOG="kafka://***@one:9092" must be'],
    [{ KAFKA_HOST: 'kafka://one' }, 'KAFKA_HOST="kafka://one" must be a host, or host:port'],
    [{ KAFKA_TOPIC: 'user events' }, 'KAFKA_TOPIC="user events" must be a name of at most 100 letters'],
  ] as readonly (readonly [Environment, string])[])
    test(`is refused where what was given is wrong: ${JSON.stringify(env)}`, () => {
      const [fault, ...others] = faultsOf(env)
      assert.ok(fault?.includes(says), String(fault))
      assert.deepEqual(others, [])
    })
})
