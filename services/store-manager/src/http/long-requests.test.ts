import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { emailKey } from '../users/email-key.ts'
import { startStore } from '../testing/start-store.ts'

const engines = [
  { engine: 'SQLite', skip: false, databaseOf: () => 'sqlite' as const },
  { engine: 'MySQL', skip: skipWithoutMysql, databaseOf: (t: TestContext) => mysqlDatabase(t) },
] as const

const domain = '@example.com'
/** An address of 254 characters, as many as one may have. */
const longest = (character: string) => character.repeat(254 - domain.length) + domain

// Of one character NFC makes as many as three (U+FB2C), and lower case two (U+0130).
const addresses = [
  ['ASCII', longest('a'), 254],
  ['characters of four bytes', longest('\u{1f600}'), 254],
  ['characters that lower case makes two of', longest('\u0130'), 496],
  ['characters that NFC makes three of', longest('\ufb2c'), 738],
] as const

for (const { engine, skip, databaseOf } of engines)
  describe(`the longest request that is valid is carried out on ${engine}:`, { skip }, () => {
    test('every field, header and address as long as it may be', async (t) => {
      const { send } = await startStore(t, { database: databaseOf(t) })
      const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
      for (const [i, [what, email, keyLength]] of addresses.entries()) {
        assert.equal(Array.from(emailKey(email)).length, keyLength)
        const body = { name: '\u{1f600}'.repeat(200), email, user_type_id: 3 }
        const headers = { 'idempotency-key': `${i}`.padEnd(255, '~'), traceparent }
        const created = await send('POST /users', { body, headers })
        assert.equal(created.status, 201, `${what}: ${created.text}`)
        const id = Number(created.body['user_id'])
        assert.deepEqual((await send(`GET /users/${id}`)).body, { id, ...body })
        assert.equal((await send('POST /users', { body, headers })).headers.get('idempotency-replayed'), 'true')
        assert.equal((await send('POST /users', { body })).body['code'], 'EMAIL_TAKEN')
        assert.equal((await send(`DELETE /users/${id}`, { headers })).status, 200)
      }
    })

    test('the largest id', async (t) => {
      const { send } = await startStore(t, { database: databaseOf(t) })
      for (const method of ['GET', 'DELETE'])
        assert.equal((await send(`${method} /users/${Number.MAX_SAFE_INTEGER}`)).body['code'], 'USER_NOT_FOUND')
      const page = await send(`GET /users?limit=200&after=${Number.MAX_SAFE_INTEGER}`)
      assert.deepEqual(page.body, { users: [], next: null })
    })
  })
