import { createHash } from 'node:crypto'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import type { HeldLock } from '../sql-database.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { cannotConnect } from './cannot-connect.ts'
import { connectionOptions, sessionSettings, type MysqlOptions } from './mysql-options.ts'

// A beat that gets no answer is noticed after 7 s, before the 10 s after which the server gives the lock to somebody else.
const heartbeatMs = 2_500
const answerTimeoutMs = 4_500
// How long one question waits on the server; asked again for ever. Less than the time that an answer may take.
const grantWaitS = 2

/** What ends the waiting, and what ends the holding. */
interface LockSignals {
  readonly signal: AbortSignal
  readonly closing: AbortSignal
}

/**
 * Waits for a named lock of the server (GET_LOCK) and holds it on a connection of its own, which asks the server every 2.5 s
 * whether it still has it. The lock is lost with the connection, also if its holder has not noticed yet.
 * Throws STORE_UNAVAILABLE; rejects with the reason of a signal that aborts first.
 */
export async function lockByName(options: MysqlOptions, name: string, signals: LockSignals): Promise<HeldLock> {
  const { closing } = signals
  const signal = AbortSignal.any([signals.signal, closing])
  signal.throwIfAborted()
  let connection: Connection | undefined
  try {
    connection = await createConnection(connectionOptions(options))
    connection.on('error', () => undefined)
    for (const setting of sessionSettings({ autocommit: true })) await connection.query(setting)
    const lockName = lockNameOf(options.name, name)
    while (!(await unlessAborted(ask(connection, 'get_lock(?, ?)', [lockName, grantWaitS]), signal)));
    return hold(connection, lockName, closing)
  } catch (error) {
    connection?.destroy()
    throw signal.aborted || isMagasinError(error) ? error : cannotConnect(options, error)
  }
}

/** GET_LOCK has one set of names for the whole server, each of at most 64 characters. */
export function lockNameOf(database: string, name: string): string {
  const full = `${database}.${name}`
  return full.length <= 64 ? full : createHash('sha256').update(full).digest('hex')
}

function hold(connection: Connection, lockName: string, closing: AbortSignal): HeldLock {
  const lost = new AbortController()
  let released: Promise<void> | undefined
  const lose = () => {
    if (released === undefined) lost.abort(new Error(`the lock ${lockName} was lost`))
    stop()
    connection.destroy()
  }
  const beat = setInterval(() => {
    ask(connection, 'is_used_lock(?) = connection_id()', [lockName]).then((isHeld) => isHeld || lose(), lose)
  }, heartbeatMs)
  const stop = () => {
    clearInterval(beat)
    closing.removeEventListener('abort', lose)
  }
  closing.addEventListener('abort', lose)
  connection.on('error', lose)
  connection.on('end', lose)
  return {
    lost: lost.signal,
    release() {
      stop()
      released ??= letGo(connection, lockName)
      return released
    },
  }
}

/** If no answer comes, the lock ends with the connection. */
async function letGo(connection: Connection, lockName: string): Promise<void> {
  await ask(connection, 'release_lock(?)', [lockName]).catch(() => undefined)
  connection.destroy()
}

async function ask(connection: Connection, expression: string, values: readonly (string | number)[]): Promise<boolean> {
  const sql = `select ${expression} as granted`
  const answer = connection.query<RowDataPacket[]>(sql, [...values])
  const [rows] = await unlessAborted(answer, AbortSignal.timeout(answerTimeoutMs))
  return rows[0]?.['granted'] === 1
}
