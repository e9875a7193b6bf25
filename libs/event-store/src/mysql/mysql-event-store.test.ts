import { describe } from 'node:test'
import { travelClub } from '@magasin/contracts/testing/trips'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { eventStoreSuite } from '../conformance/event-store.suite.ts'
import { createPeopleTable, people, type PeopleTables } from '../testing/people.ts'
import { openMysqlEventStore } from './mysql-event-store.ts'

describe('MySQL', { skip: skipWithoutMysql }, () => {
  eventStoreSuite({
    engine: 'MySQL',
    readTogether: true,
    async open(t) {
      const options = mysqlDatabase(t)
      const connect = async () => {
        const database = await openMysql<PeopleTables>(options)
        t.after(() => database.close())
        return database
      }
      const database = await connect()
      await database.changeSchema(createPeopleTable)
      return {
        database,
        location: options,
        store: async ({ stateTables = [people], through, ...rest } = {}) => {
          const own = await connect()
          return openMysqlEventStore({
            catalogue: travelClub,
            owner: 'club',
            ...rest,
            database: through?.(own) ?? own,
            stateTables,
          })
        },
      }
    },
  })
})
