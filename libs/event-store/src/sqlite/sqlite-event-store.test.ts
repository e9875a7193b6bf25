import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { travelClub } from '@magasin/contracts/testing/trips'
import { eventStoreSuite } from '../conformance/event-store.suite.ts'
import { createPeopleTable, people, type PeopleTables } from '../testing/people.ts'
import { lastVersion, openSqliteEventStore } from './sqlite-event-store.ts'

eventStoreSuite({
  engine: 'SQLite',
  readTogether: false,
  async open(t) {
    const file = join(temporaryFolder(t), 'store.db')
    const connect = () => {
      const database = openSqlite<PeopleTables>({ file })
      t.after(() => database.close())
      return database
    }
    const database = connect()
    await database.changeSchema(createPeopleTable)
    return {
      database,
      location: { file },
      store: ({ stateTables = [people], through, ...options } = {}) =>
        openSqliteEventStore({
          catalogue: travelClub,
          owner: 'club',
          ...options,
          database: through?.(connect()) ?? connect(),
          stateTables,
        }),
    }
  },
})

test('the next version of a stream on SQLite is found by one seek, however long the stream is', async (t) => {
  const file = join(temporaryFolder(t), 'store.db')
  const database = openSqlite<PeopleTables>({ file })
  await database.changeSchema(createPeopleTable)
  const store = await openSqliteEventStore({ catalogue: travelClub, owner: 'club', database, stateTables: [people] })
  await store.close()
  await database.close()
  const raw = new DatabaseSync(file, { readOnly: true })
  t.after(() => raw.close())
  const codesOf = (query: string) =>
    raw
      .prepare(`explain ${query}`)
      .all('person-1')
      .map(({ opcode }) => String(opcode))
  const codes = codesOf(lastVersion)
  // It ends after the first row that it comes to, and adds nothing up.
  assert.ok(codes.includes('SeekLE') && codes.includes('DecrJumpZero'), codes.join(' '))
  assert.ok(!codes.includes('AggStep'))
  const longWay = 'select stream, max(stream_version) from events where stream in (?) group by stream'
  assert.ok(codesOf(longWay).includes('AggStep'), 'this test would not see what goes through the whole stream')
})
