import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventRecord } from '@magasin/contracts/event-record'
import { recordOf, type EventTables } from '@magasin/event-log/event-table'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { listUsers } from '../api.ts'
import { readPages } from '../collect-evidence.ts'
import { runMagasin } from '../run-magasin.ts'
import { until } from '../../../tools/testing/until.ts'
import type { CoolrielPosition, ServicesEvidence } from './check-services.ts'
import { readTopic } from './read-topic.ts'
import type { Service } from './service.ts'
import type { FaultSite } from './fault-site.ts'

/** The services of a shop that run. */
export interface RunningServices {
  readonly stores: readonly Service[]
  readonly coolriels: readonly Service[]
}

/** Lets services finish their e-mails, stops them, and takes down all that they hold. */
export async function collectServices(
  site: FaultSite,
  { stores, coolriels }: RunningServices,
): Promise<Omit<ServicesEvidence, 'acknowledged'>> {
  await untilSettled(site)
  const [users, ...same] = await Promise.all(stores.map(listUsers))
  for (const others of same) assert.deepEqual(others, users)
  for (const service of [...stores, ...coolriels]) assert.equal(await service.stop(), 0, service.output())
  const exports = { table: await exportFrom(site, 'table'), log: await exportFrom(site, 'log') }
  return {
    users: users!,
    events: await readEvents(site),
    exports,
    exportLines: JSON.parse(exports.table) as Record<string, unknown>[],
    files: readPages(site),
    topic: await readTopic(site),
    positions: await withTables(site.coolriel, positionsIn),
    parked: await withTables(site.coolriel, parkedIn),
  }
}

/** Waits until Coolriel's positions are at the ends of the partitions of the users, which is all that it follows. */
export function untilSettled(site: FaultSite, deadlineMs = 90_000): Promise<void> {
  return withTables<EventTables, void>(site.store, (store) =>
    withTables<SubscriberTables, void>(site.coolriel, async (coolriel) => {
      const isSettled = async (): Promise<boolean> => {
        const counters = store.reader.selectFrom('partition_counters').selectAll()
        const ends = await counters.where('topic', '=', 'user-events').execute()
        const positions = new Map((await positionsIn(coolriel)).map(({ partition, seq }) => [partition, seq]))
        return ends.every(({ partition, last_seq }) => (positions.get(partition) ?? 0) === last_seq)
      }
      await until('Coolriel has handled every event', isSettled, { deadlineMs, everyMs: 100 })
    }),
  )
}

/** The rows of the event table. */
export function readEvents(site: FaultSite): Promise<readonly EventRecord[]> {
  return withTables<EventTables, readonly EventRecord[]>(site.store, async ({ reader }) => {
    const { log_id: logId } = await reader.selectFrom('log_identity').selectAll().executeTakeFirstOrThrow()
    const rows = await reader.selectFrom('events').selectAll().execute()
    return rows.map((row) => recordOf(logId, row))
  })
}

/** Where Coolriel stands. */
export function positionsIn({ reader }: SqlDatabase<SubscriberTables>): Promise<readonly CoolrielPosition[]> {
  return reader.selectFrom('positions').select(['partition', 'seq', 'log_id as logId']).execute()
}

function parkedIn({ reader }: SqlDatabase<SubscriberTables>): Promise<ServicesEvidence['parked']> {
  return reader.selectFrom('parked_events').select(['partition', 'seq']).execute()
}

async function exportFrom(site: FaultSite, source: 'table' | 'log'): Promise<string> {
  const file = join(site.folder, `history-of-the-${source}.json`)
  const args = ['history', 'export', '--from', source, '--topic', 'user-events', '--out', file]
  const { code, stderr } = await runMagasin({ folder: site.folder, env: site.env.store }, args)
  assert.equal(code, 0, stderr)
  return readFileSync(file, 'utf8')
}

/** Opens a database for some work. */
export async function withTables<Tables, T>(
  options: MysqlOptions,
  work: (database: SqlDatabase<Tables>) => Promise<T>,
): Promise<T> {
  const database = await openMysql<Tables>(options)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
