import { unlessAborted } from '@magasin/sql/unless-aborted'
import { sql, type KyselyPlugin, type Transaction } from 'kysely'
import { timedOut, type EffectLimit } from './effect.ts'
import { followAbort } from './follow-abort.ts'

/** Takes no query any more once it is closed. */
class Gate implements KyselyPlugin {
  #isClosed = false

  close(): void {
    this.#isClosed = true
  }

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    if (this.#isClosed) throw new Error('the transaction of this handler was rolled back')
    return node
  }

  transformResult: KyselyPlugin['transformResult'] = ({ result }) => Promise.resolve(result)
}

/**
 * Runs `work` on a transaction, for at most so long: then throws HANDLER_TIMED_OUT, so that the transaction is rolled back while the
 * work may still go on. Nothing that it asks later reaches the connection, which by then belongs to somebody else.
 */
export async function withinLimit<Tables>(
  tx: Transaction<Tables>,
  { limitMs, signal, type }: EffectLimit,
  work: (tx: Transaction<Tables>, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const gate = new Gate()
  const limit = new AbortController()
  const asking = followAbort(signal)
  const timer = setTimeout(() => {
    const error = timedOut(type, limitMs)
    asking.abort(error)
    limit.abort(error)
  }, limitMs)
  try {
    await unlessAborted(work(tx.withPlugin(gate), asking.signal), limit.signal)
  } catch (error) {
    gate.close()
    // Queries of one transaction are sent one by one. Those that wait are let out before the ROLLBACK: after it MySQL would take one
    // for the first of a new transaction.
    await sql`select 1`.execute(tx).catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
    asking.letGo()
  }
}
