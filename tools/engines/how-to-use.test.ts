import assert from 'node:assert/strict'
import { test } from 'node:test'
import { howToUse } from './how-to-use.ts'

const mysql = 'mysql://root@127.0.0.1:3306'
const kafka = 'kafka://127.0.0.1:9092'
const redis = 'redis://127.0.0.1:6379'

test('the commands that are shown give each service a database of its own and the same log', () => {
  const lines = howToUse({ mysql, kafka })
  const ofService = (name: string) => lines.find((line) => line.endsWith(`npx magasin serve ${name}`)) ?? ''
  assert.match(ofService('store-manager'), new RegExp(`MAGASIN_DB=${mysql}/magasin_store MAGASIN_LOG=${kafka} `))
  assert.match(ofService('coolriel'), new RegExp(`MAGASIN_DB=${mysql}/magasin_coolriel MAGASIN_LOG=${kafka} `))
})

test('the command that is shown after them has one setting, from which the databases of both services are found', () => {
  const line = howToUse({ mysql, kafka }).at(-1)
  assert.equal(line, `  MAGASIN_DB=${mysql}/magasin MAGASIN_LOG=${kafka} npx magasin doctor`)
})

test('what is not running is in no command', () => {
  assert.deepEqual(
    howToUse({ kafka }).filter((line) => line.startsWith(' ')),
    [`  MAGASIN_LOG=${kafka} npm start`, `  MAGASIN_LOG=${kafka} npx magasin doctor`],
  )
})

test('the store has its read models in Redis, and Coolriel, which has none, is not told of it', () => {
  const commands = howToUse({ mysql, kafka, redis }).filter((line) => line.startsWith(' '))
  const told = commands.map((line) => line.includes(` MAGASIN_READ_MODELS=${redis} `))
  assert.deepEqual(
    told,
    commands.map((line) => !line.includes('coolriel')),
  )
})
