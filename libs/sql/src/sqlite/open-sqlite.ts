import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { Kysely, sql } from 'kysely'
import { retryContended } from '../retry-contended.ts'
import type { HeldLock, SqlDatabase } from '../sql-database.ts'
import { NodeSqliteDialect } from './dialect.ts'
import { sqliteFaultOf } from './faults.ts'
import { lockInProcess } from './process-locks.ts'

/** How long SQLite itself waits for a lock. It stops the event loop while it does, so it is short: the real waiting is done outside. */
const busyTimeoutMs = 20
const defaultWaitMs = 5_000
// Less than the deadline of a health check.
const checkWaitMs = 1_000

type Synchronous = 'full' | 'normal'

export interface SqliteOptions {
  readonly file: string
  /** Opens what is there, makes nothing and changes nothing. */
  readonly readOnly?: boolean
  /**
   * `full`, the default: a commit is on disk before it is acknowledged. `normal`: a power cut may take the last commits back, in their
   * order, for what can be made again.
   */
  readonly synchronous?: Synchronous
}

/**
 * Opens a SQLite file, creating it and its folder unless `readOnly`.
 * WAL with synchronous=FULL (and fullfsync, which macOS needs), unless told otherwise: a commit is on disk before it is acknowledged.
 * One connection writes and belongs to one transaction from BEGIN to COMMIT; `reader` is another connection.
 * Throws DATA_MISSING (read only, no file), DATA_FOLDER_UNUSABLE, DATABASE_DAMAGED.
 */
export function openSqlite<Tables>(options: SqliteOptions): SqlDatabase<Tables> {
  const { file, readOnly = false, synchronous = 'full' } = options
  if (readOnly && !existsSync(file))
    throw new MagasinError('DATA_MISSING', `there is no database ${file}: start the shop once, or look at MAGASIN_DATA`)
  const { reader, writer } = connectBoth<Tables>(file, readOnly ? null : synchronous)
  const closing = new AbortController()
  let closed: Promise<void> | undefined
  const transaction: SqlDatabase<Tables>['transaction'] = (body, { waitMs = defaultWaitMs } = {}) => {
    if (writer === undefined) throw new Error(`${file} is open for reading only`)
    return retryContended(() => writer.transaction().execute(body), { faultOf: sqliteFaultOf, waitMs })
  }
  return {
    kind: 'sqlite',
    reader,
    transaction,
    changeSchema: (change) => transaction(change),
    faultOf: sqliteFaultOf,
    // In WAL with synchronous=FULL a commit is flushed before anybody can read it.
    settle: () => Promise.resolve(),
    lock: (name, signal) => lock(`${resolve(file)} ${name}`, signal, closing.signal),
    async check() {
      // Reading alone would be answered from memory while the disk is full. Nobody reads this number.
      if (writer === undefined) await sql`select 1 from sqlite_master limit 1`.execute(reader)
      else await transaction((tx) => sql`pragma user_version = 1`.execute(tx), { waitMs: checkWaitMs })
    },
    close() {
      closing.abort(new Error(`${file} is closed`))
      closed ??= closeBoth(writer, reader)
      return closed
    },
  }
}

/** `null`: only reads. */
function connectBoth<Tables>(file: string, writing: Synchronous | null) {
  const kysely = (database: DatabaseSync) => new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) })
  const writer = writing === null ? undefined : connect(file, writing)
  try {
    return { reader: kysely(connect(file, null)), writer: writer && kysely(writer) }
  } catch (error) {
    writer?.close()
    throw error
  }
}

/** Held until it is released, or until the database is closed. */
async function lock(name: string, signal: AbortSignal, closing: AbortSignal): Promise<HeldLock> {
  const free = await lockInProcess(name, AbortSignal.any([signal, closing]))
  closing.addEventListener('abort', free)
  return {
    lost: closing,
    release() {
      closing.removeEventListener('abort', free)
      return Promise.resolve(free())
    },
  }
}

async function closeBoth<Tables>(writer: Kysely<Tables> | undefined, reader: Kysely<Tables>): Promise<void> {
  // Kysely closes only a connection that it used; a first query makes sure of it, and waits for a transaction under way.
  for (const connection of [reader, writer])
    if (connection !== undefined) {
      await connection.connection().execute(() => Promise.resolve())
      await connection.destroy()
    }
}

function connect(file: string, writing: Synchronous | null): DatabaseSync {
  const readOnly = writing === null
  try {
    if (!readOnly) makeFor(file)
    const database = new DatabaseSync(file, { readOnly, timeout: busyTimeoutMs })
    // The cache stays at 2 MB and the checkpoint at 1,000 pages. At 64 MB and 8,000 pages keyed commands were up to 1.2 times as fast,
    // all of it by the checkpoint; but each checkpoint stops the event loop, and it stopped for 80 ms and not 25, far more on a slow
    // disk. The larger cache alone brought nothing: the operating system has the file in memory, too.
    if (!readOnly)
      database.exec(
        `pragma journal_mode = wal; pragma synchronous = ${writing}; pragma fullfsync = on; pragma foreign_keys = on`,
      )
    // Reads the header and the schema, so that a file that is no database is found here and not at the first request.
    database.prepare('select count(*) from sqlite_master').get()
    return database
  } catch (cause) {
    throw openError(file, cause)
  }
}

/** Whatever folder it is in, only its owner reads it: it holds what is told of people, and secrets. Its WAL has the same rights. */
function makeFor(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  closeSync(openSync(file, 'a', 0o600))
}

function openError(file: string, cause: unknown): MagasinError {
  if (sqliteFaultOf(cause) === 'damaged')
    return new MagasinError(
      'DATABASE_DAMAGED',
      `${file} is damaged or is no SQLite database: put a backup back in its place`,
      { cause },
    )
  return new MagasinError(
    'DATA_FOLDER_UNUSABLE',
    `${file} cannot be opened: look at the rights of its folder, and whether the disk is full`,
    {
      cause,
    },
  )
}
