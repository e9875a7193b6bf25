import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { describeReadModels, readModelsSetting } from './read-models-setting.ts'
import { defineSettings, readSettings, type Environment } from './settings.ts'

const settings = defineSettings({ readModels: readModelsSetting('where they are') })
const read = (env: Environment) => readSettings(settings, env).readModels

function faultOf(env: Environment): string {
  try {
    read(env)
  } catch (error) {
    assert.ok(isMagasinError(error, 'CONFIG_INVALID'))
    return error.message
  }
  return ''
}

describe('the place of read models', () => {
  test('is a file, a Redis or a Redis Cluster', () => {
    assert.equal(read({}), 'sqlite')
    for (const url of [
      'redis://127.0.0.1:6380',
      'redis://[::1]/3',
      'rediss://ada:p%40ss@cache.example.com:6379/0',
      'redis://:hunter2@one:7000,redis://two:7001',
    ])
      assert.deepEqual(read({ MAGASIN_READ_MODELS: url }), { url })
  })

  for (const url of [
    'redis',
    'http://ada:hunter2@host',
    'redis://host:hunter2@:6379',
    'redis://ada:hunter2@host:0',
    'redis://ada:hunter2@host:70000',
    'redis://ada:hunter2@host/x',
    'redis://ada:hunter2@one/1,redis://two',
    'redis://ada:hunter2@one,',
    'redis://ada:hunter%zz@one',
    'redis://ada:hunter2@one,rediss://two',
  ])
    test(`is refused without what was given, where that is wrong: ${url}`, () => {
      const fault = faultOf({ MAGASIN_READ_MODELS: url })
      assert.match(fault, /MAGASIN_READ_MODELS must be sqlite, or redis:\/\//)
      assert.doesNotMatch(fault, /hunter/)
    })

  test('may be given by the lab’s names', () => {
    assert.deepEqual(read({ REDIS_HOST: 'redis', REDIS_PORT: '6380', REDIS_DB: '2' }), { url: 'redis://redis:6380/2' })
    assert.deepEqual(read({ REDIS_HOST: 'redis' }), { url: 'redis://redis:6379/0' })
    assert.match(faultOf({ REDIS_PORT: '6379' }), /REDIS_HOST must be set, where REDIS_PORT is/)
    assert.match(
      faultOf({ REDIS_HOST: 'a b', REDIS_PORT: 'x', REDIS_DB: '-1' }),
      /REDIS_HOST.*\n.*REDIS_PORT.*\n.*REDIS_DB/,
    )
    for (const host of ['a:6380', '127.0.0.1/3'])
      assert.match(faultOf({ REDIS_HOST: host }), /REDIS_HOST=.* must be the name/)
    assert.match(faultOf({ REDIS_HOST: 'redis', MAGASIN_READ_MODELS: 'redis://other' }), /MAGASIN_READ_MODELS/)
  })

  test('is told without its password', () => {
    assert.equal(
      describeReadModels({ url: 'redis://:hunter2@one:7000,redis://two:7001' }),
      'Redis at one:7000, two:7001',
    )
  })
})
