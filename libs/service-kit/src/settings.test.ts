import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { defineSettings, readSettings, setting } from './settings.ts'

const settings = defineSettings({
  port: setting.port('PORT', 5000, 'where the store listens'),
  logLevel: setting.oneOf('LOG_LEVEL', ['debug', 'info'], 'info', 'the least severe line that is logged'),
  dataDir: setting.text('MAGASIN_DATA', 'data', 'folder of the databases'),
  batch: setting.integer('BATCH', 100, 'records per batch', { min: 1, max: 1000 }),
  dbHost: setting.text('MAGASIN_DB_HOST', 'localhost', 'where the database is', { aliases: ['DB_HOST'] }),
  token: setting.secret('MAGASIN_TOKEN', 'the first token', { minLength: 8 }),
})

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readSettings(settings, env)
  } catch (error) {
    assert.ok(isMagasinError(error, 'CONFIG_INVALID'))
    return error.message.split('\n').slice(1)
  }
  return []
}

describe('the settings of a service', () => {
  test('have a default that runs, and are frozen', () => {
    const values = readSettings(settings, {})
    assert.deepEqual(values, {
      port: 5000,
      logLevel: 'info',
      dataDir: 'data',
      batch: 100,
      dbHost: 'localhost',
      token: null,
    })
    assert.ok(Object.isFrozen(values))
  })

  test('are read from the environment, where an empty one counts as unset', () => {
    const values = readSettings(settings, {
      PORT: '8080',
      LOG_LEVEL: 'debug',
      MAGASIN_DATA: '',
      BATCH: '1',
      MAGASIN_TOKEN: 'mag_long_enough',
    })
    assert.deepEqual(values, {
      port: 8080,
      logLevel: 'debug',
      dataDir: 'data',
      batch: 1,
      dbHost: 'localhost',
      token: 'mag_long_enough',
    })
    const typed: { readonly port: number; readonly logLevel: 'debug' | 'info'; readonly token: string | null } = values
    assert.ok(typed)
  })

  test('that are wrong are told all at once, one per line, and a secret is never shown', () => {
    assert.deepEqual(faultsOf({ PORT: '70000', LOG_LEVEL: 'loud', BATCH: '0', MAGASIN_TOKEN: 'short' }), [
      '  PORT="70000" must be a port, 0 to 65535',
      '  LOG_LEVEL="loud" must be one of debug, info',
      '  BATCH="0" must be a whole number, 1 to 1000',
      '  MAGASIN_TOKEN must be a text of 8 characters or more',
    ])
  })

  for (const text of ['abc', '0x50', '1e3', ' 80', '80.0', '-1', '99999999999999999999'])
    test(`do not take ${JSON.stringify(text)} for a port`, () => {
      assert.equal(faultsOf({ PORT: text }).length, 1)
    })

  test('may be given by the lab’s name, or by both alike, but not by both differently', () => {
    assert.equal(readSettings(settings, { DB_HOST: 'db' }).dbHost, 'db')
    assert.equal(readSettings(settings, { DB_HOST: 'db', MAGASIN_DB_HOST: 'db' }).dbHost, 'db')
    assert.deepEqual(faultsOf({ DB_HOST: 'one', MAGASIN_DB_HOST: 'other' }), [
      '  MAGASIN_DB_HOST="other" and DB_HOST="one" name the same setting: set one of them, or both alike',
    ])
  })

  test('that take one word only say why', () => {
    const declared = { reset: setting.oneOf('RESET', ['earliest'], 'earliest', 'where to begin', { because: 'x' }) }
    assert.throws(() => readSettings(declared, { RESET: 'latest' }), {
      message: /RESET="latest" must be one of earliest: x$/,
    })
  })

  test('do not show a password that somebody wrote into an address', () => {
    assert.deepEqual(faultsOf({ LOG_LEVEL: 'kafka://ada:hunter2@broker' }), [
      '  LOG_LEVEL="kafka://***@broker" must be one of debug, info',
    ])
  })

  for (const text of ['', '.', '..', 'a b', 'a/b', 'é', 'x'.repeat(101)])
    test(`do not take ${JSON.stringify(text.slice(0, 5))} for a name on a broker`, () => {
      assert.equal(setting.name('TOPIC', 'events', 'a topic').parse(text), undefined)
    })

  test('that do not go together are told the same way, once each is right by itself', () => {
    const never = () => ['PORT and BATCH do not go together']
    assert.throws(() => readSettings(settings, {}, never), { code: 'CONFIG_INVALID', message: /PORT and BATCH/ })
    assert.throws(
      () => readSettings(settings, { PORT: 'x' }, never),
      (error) => isMagasinError(error) && !error.message.includes('BATCH'),
    )
  })

  test('can be listed: name, default, meaning, what is allowed', () => {
    assert.deepEqual(
      Object.values(settings).map(({ name, default: byDefault, secret, aliases }) => [
        name,
        byDefault,
        secret,
        aliases,
      ]),
      [
        ['PORT', 5000, false, []],
        ['LOG_LEVEL', 'info', false, []],
        ['MAGASIN_DATA', 'data', false, []],
        ['BATCH', 100, false, []],
        ['MAGASIN_DB_HOST', 'localhost', false, ['DB_HOST']],
        ['MAGASIN_TOKEN', null, true, []],
      ],
    )
    assert.ok(Object.values(settings).every(({ meaning, allowed }) => meaning !== '' && allowed !== ''))
  })
})
