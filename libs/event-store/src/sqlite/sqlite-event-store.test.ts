import { join } from 'node:path'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { travelClub } from '@magasin/contracts/testing/trips'
import { eventStoreSuite } from '../conformance/event-store.suite.ts'
import { createPeopleTable, people, type PeopleTables } from '../testing/people.ts'
import { openSqliteEventStore } from './sqlite-event-store.ts'

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
