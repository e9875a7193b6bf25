import { MagasinError } from '@magasin/contracts/magasin-error'
import { Kysely, sql } from 'kysely'
import { retryContended } from '../retry-contended.ts'
import { shareNext } from '../share-next.ts'
import type { SqlDatabase } from '../sql-database.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { refusedOr } from './cannot-connect.ts'
import { changeSchemaAlone } from './change-schema.ts'
import { PooledMysqlDialect } from './dialect.ts'
import { ensureDatabase } from './ensure-database.ts'
import { mysqlFaultOf, wasLost } from './faults.ts'
import { defaultLimits, type MysqlLimits } from './limits.ts'
import { lockByName } from './lock.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { within } from './patience.ts'

const defaultWaitMs = 5_000
// Less than the deadline of a health check.
const checkWaitMs = 1_000

/** How a database is opened. */
export interface MysqlOpening extends MysqlOptions {
  /** Opens what is there, makes nothing and changes nothing. `settle` is refused, too: it would have to write. */
  readonly readOnly?: boolean
  /** Told once for each change of the schema that has to wait for another process that changes it, after some seconds. */
  readonly onWaiting?: () => void
  /** Shorter ones for tests. */
  readonly limits?: Partial<MysqlLimits>
}

/**
 * Opens a database of MySQL 8 or MariaDB, making it when it is missing unless `readOnly`, on a pool of connections that is made once.
 * A transaction whose connection is lost before its COMMIT was sent is tried again like a contended one.
 * Throws STORE_UNAVAILABLE if no server answers, DATABASE_REFUSED if it does not let this user do what is needed.
 */
export async function openMysql<Tables>(options: MysqlOpening): Promise<SqlDatabase<Tables>> {
  const { readOnly = false } = options
  if (!readOnly) await ensureDatabase(options)
  const database = databaseOn<Tables>(options)
  try {
    await (readOnly ? askAnything : makeFlushMark).execute(database.reader)
  } catch (error) {
    await database.close()
    throw refusedOr(options, error)
  }
  return readOnly ? onlyRead(database, options) : database
}

const askAnything = sql`select 1`
const makeFlushMark = sql`create table if not exists flush_mark (one tinyint primary key, mark bigint not null)`

function onlyRead<Tables>(database: SqlDatabase<Tables>, { name }: MysqlOptions): SqlDatabase<Tables> {
  const refuse = () => {
    throw new Error(`${name} is open for reading only`)
  }
  const ask = async () => void (await askAnything.execute(database.reader))
  return {
    ...database,
    transaction: refuse,
    changeSchema: refuse,
    settle: refuse,
    check: () => withinTime(checkWaitMs, (signal) => unlessAborted(ask(), signal)),
  }
}

function databaseOn<Tables>(options: MysqlOpening): SqlDatabase<Tables> {
  const limits = { ...defaultLimits, ...options.limits }
  const patience = within(limits.queryMs)
  // Each has its own connections: a flood of reads does not keep a command from one.
  const reader = new Kysely<Tables>({ dialect: new PooledMysqlDialect({ ...options, autocommit: true, patience }) })
  const writer = new Kysely<Tables>({ dialect: new PooledMysqlDialect({ ...options, autocommit: false, patience }) })
  const closing = new AbortController()
  let closed: Promise<void> | undefined
  const tryAgain = <T>(attempt: () => Promise<T>, waitMs: number) =>
    retryContended(attempt, { faultOf: (error) => (wasLost(error) ? 'contended' : mysqlFaultOf(error)), waitMs })
  // InnoDB flushes its log in order, so the flush of this commit takes along every one that could be seen before it. The row must
  // really change: a transaction that changed nothing has nothing to flush.
  const flush = shareNext(async () => {
    const write = sql`insert into flush_mark values (1, 1) on duplicate key update mark = mark + 1`
    await tryAgain(() => write.execute(reader), defaultWaitMs)
  })
  const lock = (name: string, signal: AbortSignal) => lockByName(options, name, { signal, closing: closing.signal })
  return {
    kind: 'mysql',
    reader,
    transaction: (body, { waitMs = defaultWaitMs } = {}) => tryAgain(() => writer.transaction().execute(body), waitMs),
    async changeSchema(change) {
      const { onWaiting } = options
      try {
        await changeSchemaAlone(options, change, { reader, limits, closing: closing.signal, onWaiting })
      } catch (error) {
        throw refusedOr(options, error)
      }
    },
    faultOf: mysqlFaultOf,
    settle: flush,
    lock,
    check: () => withinTime(checkWaitMs, (signal) => unlessAborted(flush(), signal)),
    close() {
      closing.abort(new Error(`the database ${options.name} is closed`))
      closed ??= Promise.all([reader.destroy(), writer.destroy()]).then(() => undefined)
      return closed
    },
  }
}

async function withinTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController()
  const tooLate = new MagasinError('STORE_UNAVAILABLE', `the database server let a write wait for more than ${ms} ms`)
  const timer = setTimeout(() => limit.abort(tooLate), ms)
  try {
    return await work(limit.signal)
  } finally {
    clearTimeout(timer)
  }
}
