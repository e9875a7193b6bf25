import { describe } from 'node:test'
import { sqlDatabaseSuite, type AccountTables } from '../conformance/sql-database.suite.ts'
import { mysqlDatabase, skipWithoutMysql } from '../testing/mysql-server.ts'
import { openMysql } from './open-mysql.ts'

describe('MySQL', { skip: skipWithoutMysql }, () => {
  sqlDatabaseSuite({
    engine: 'MySQL',
    async open(t) {
      const options = mysqlDatabase(t)
      const open = async () => {
        const database = await openMysql<AccountTables>(options)
        t.after(() => database.close())
        return database
      }
      return { database: await open(), again: open }
    },
  })
})
