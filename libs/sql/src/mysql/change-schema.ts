import { isMagasinError } from '@magasin/contracts/magasin-error'
import { Kysely, sql } from 'kysely'
import { PooledMysqlDialect } from './dialect.ts'
import { errnoOf } from './faults.ts'
import type { MysqlLimits } from './limits.ts'
import { lockNameOf } from './lock.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { until } from './patience.ts'

// How long one question for the lock waits on the server; asked again for ever.
const grantWaitS = 2

export interface SchemaChange<Tables> {
  /** By which the server is asked how it is while it works. */
  readonly reader: Kysely<Tables>
  readonly limits: MysqlLimits
  readonly closing: AbortSignal
  readonly onWaiting: (() => void) | undefined
}

/**
 * Changes the schema on a connection of its own, which holds the lock of the schema: the statements have no time limit, and nobody
 * else changes the schema meanwhile. When this process dies in the middle of a statement, the server goes on with it and keeps the
 * lock until it is done. So the next holder of the lock finds the statement done or undone, and never under way.
 * Rejects with STORE_UNAVAILABLE when the server is silent for `limits.queryMs`, when the connection is lost, and on `closing`.
 */
export async function changeSchemaAlone<Tables>(
  options: MysqlOptions,
  change: (db: Kysely<Tables>) => Promise<void>,
  terms: SchemaChange<Tables>,
): Promise<void> {
  const lost = new AbortController()
  const patience = until(AbortSignal.any([terms.closing, lost.signal]))
  const own = new Kysely<Tables>({
    dialect: new PooledMysqlDialect({ ...options, autocommit: true, isForSchema: true, patience }),
  })
  const lockName = lockNameOf(options.name, 'schema')
  try {
    await own.connection().execute(async (db) => {
      const holder = await takeLock(db, lockName, { ...terms, lost })
      const stopWatching = watch(lockName, holder, { ...terms, lost })
      try {
        await change(db)
      } finally {
        stopWatching()
      }
    })
  } finally {
    // The lock ends with the connection.
    await own.destroy()
  }
}

interface Watched<Tables> extends SchemaChange<Tables> {
  /** Aborted when the connection is of no use any more. */
  readonly lost: AbortController
}

/** Waits for the lock for as long as it takes; resolves with the number of the connection that holds it. */
async function takeLock<Tables>(db: Kysely<Tables>, lockName: string, terms: Watched<Tables>): Promise<number> {
  const { limits, lost, onWaiting } = terms
  const answerMs = grantWaitS * 1_000 + limits.queryMs
  const telling = setTimeout(() => onWaiting?.(), limits.tellMs)
  const ask = sql<{ granted: number; holder: number }>`
    select get_lock(${lockName}, ${grantWaitS}) as granted, connection_id() as holder`
  try {
    for (;;) {
      const silence = setTimeout(() => lost.abort(silent(answerMs)), answerMs)
      const { rows } = await ask.execute(db).finally(() => clearTimeout(silence))
      if (rows[0]!.granted === 1) return rows[0]!.holder
    }
  } finally {
    clearTimeout(telling)
  }
}

/** Asks the server from time to time whether it lives and still has the connection; returns how to stop. */
function watch<Tables>(lockName: string, holder: number, terms: Watched<Tables>): () => void {
  const { reader, limits, lost } = terms
  let heardAt = performance.now()
  let isAsking = false
  const look = sql<{ holder: number | null }>`select is_used_lock(${lockName}) as holder`
  const heard = (found?: number | null) => {
    heardAt = performance.now()
    if (found !== undefined && found !== holder) lost.abort(new Error('the server has lost the connection'))
  }
  const ask = () => {
    if (performance.now() - heardAt > limits.queryMs) lost.abort(silent(limits.queryMs))
    if (isAsking) return
    isAsking = true
    look
      .execute(reader)
      .then(
        ({ rows }) => heard(rows[0]!.holder),
        (error: unknown) => {
          // No connection is free, for one: who says so is alive.
          if (errnoOf(isMagasinError(error) ? error.cause : error) !== undefined) heard()
        },
      )
      .finally(() => (isAsking = false))
  }
  const timer = setInterval(ask, limits.watchMs)
  return () => clearInterval(timer)
}

const silent = (ms: number) => new Error(`the server said nothing for ${ms} ms`)
