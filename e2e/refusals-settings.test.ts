import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { createSite } from '../tools/testing/site.ts'
import { refused } from './testing/refused.ts'

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
      const here = createSite(t)
      await refused('start', { ...here.env, ...env }, { code: 2, says: [...says, 'CONFIG_INVALID'] })
      assert.deepEqual(readdirSync(here.folder), [])
    })

  test('are told without a secret: a token that is too short is not shown', async (t) => {
    const told = await refused(
      'start',
      { ...createSite(t).env, MAGASIN_TOKEN: 'hunter2' },
      { code: 2, says: ['MAGASIN_TOKEN', '16 characters', 'CONFIG_INVALID'] },
    )
    assert.doesNotMatch(told, /hunter2/)
  })

  test('are told without a secret: a database’s password is not shown, whatever is wrong with it', async (t) => {
    const { env } = createSite(t)
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
    const env = { ...createSite(t).env, PORT: 'abc' }
    for (const command of ['seed', 'token list', 'history export --all', 'parked list', 'doctor', 'serve coolriel'])
      await refused(command, env, { code: 2, says: ['PORT="abc"', 'CONFIG_INVALID'] })
  })
})
