import { mysqlDatabase, skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { startStore } from './start-store.ts'

type Ending = Parameters<typeof startStore>[0]

/** A store-manager on each kind of database: `for (const { engine, skip, start } of engines) describe(…, { skip }, …)`. */
export const engines = [
  { engine: 'SQLite', skip: false, start: (t: Ending) => startStore(t) },
  {
    engine: 'MySQL',
    skip: skipWithoutMysql,
    start: (t: Ending) => startStore(t, { database: mysqlDatabase(t) }),
  },
] as const
