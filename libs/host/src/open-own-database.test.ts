import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { openOwnDatabase, ownerOf, type Place } from './open-own-database.ts'
import { testPart } from './testing/parts.ts'

const club = testPart('club', { events: true })
// Another service on the same file: only a mistake can name it so.
const greeter = { ...testPart('greeter', { positions: true }), database: 'club' }

const places = [
  ['SQLite', false, (t: TestContext): Place => ({ dataDir: temporaryFolder(t) })],
  ['MySQL', skipWithoutMysql, (t: TestContext): Place => ({ dataDir: '', database: mysqlDatabase(t) })],
] as const

for (const [engine, skip, placeOf] of places)
  describe(`a database of a service on ${engine}`, { skip }, () => {
    test('belongs to the service that made it, and opens for that one again', async (t) => {
      const place = placeOf(t)
      for (let start = 0; start < 2; start++) await (await openOwnDatabase({ part: club, place })).close()
      await (await openOwnDatabase({ part: club, place, readOnly: true })).close()
    })

    test('is refused to another service, which is told whose it is and changes nothing in it', async (t) => {
      const place = placeOf(t)
      await (await openOwnDatabase({ part: club, place })).close()
      for (const readOnly of [false, true])
        await assert.rejects(openOwnDatabase({ part: greeter, place, readOnly }), {
          code: 'CONFIG_INVALID',
          message: /the database of club.*: give greeter one of its own/,
        })
      await (await openOwnDatabase({ part: club, place })).close()
    })

    test('belongs to one of two services that begin with it at once', async (t) => {
      const place = placeOf(t)
      const outcomes = await Promise.allSettled([club, greeter].map((part) => openOwnDatabase({ part, place })))
      const opened = outcomes.filter((one) => one.status === 'fulfilled')
      for (const { value } of opened) await value.close()
      assert.equal(opened.length, 1)
    })

    test('that was never finished is missing to whoever only reads', async (t) => {
      const place = placeOf(t)
      const database = await openOwnDatabase({ part: club, place })
      await database.transaction((tx) => sql`drop table database_owner`.execute(tx))
      await database.close()
      await assert.rejects(openOwnDatabase({ part: club, place, readOnly: true }), { code: 'DATA_MISSING' })
    })
  })

describe('the owner of a database on a server', { skip: skipWithoutMysql }, () => {
  test('is told without opening it as a service does; nobody’s has none', async (t) => {
    const database = mysqlDatabase(t)
    assert.equal(await ownerOf(database), undefined)
    await (await openOwnDatabase({ part: club, place: { dataDir: '', database } })).close()
    assert.equal(await ownerOf(database), 'club')
  })
})
