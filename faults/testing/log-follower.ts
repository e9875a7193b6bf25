import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { MagasinError } from '@magasin/contracts/magasin-error'
import { club, type ClubEvent } from '@magasin/contracts/testing/members'
import { openKafkaLog } from '@magasin/event-log/kafka/kafka-log'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import type { relayedStore } from '@magasin/event-log/testing/relayed-store'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { inTransaction } from '@magasin/subscribers/in-transaction'
import { openSubscriber, type Subscriber } from '@magasin/subscribers/subscriber'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { temporaryFolder } from '../../tools/testing/temporary-folder.ts'

export type RelayedStore = Awaited<ReturnType<typeof relayedStore>>

export type Follower = Awaited<ReturnType<typeof createFollower>>

interface FollowerTables extends SubscriberTables {
  /** The effects: one row for each event, in the order in which they were handled. */
  effects: { id?: number; partition: number; seq: number }
}

/** The value of an event that any subscriber can handle. */
export const value = club.encode(
  { type: 'MemberJoined', data: { id: 1, name: 'Ada Lovelace', contact: 'ada@example.com', level: 1 } },
  '2026-01-01T00:00:00.000Z',
)

export interface FollowerOptions {
  /** Its database; members of a group share one. */
  readonly file: string
  readonly kafka: KafkaOptions
  readonly group: string
}

/** A subscriber of a test, which is freed when that ends. */
export async function createFollower(t: TestContext, store: RelayedStore, options: Partial<FollowerOptions> = {}) {
  const { kafka, logId } = store
  const file = options.file ?? join(temporaryFolder(t), 'follower.db')
  const follower = await openFollower({ kafka, group: `follower-${logId}`, ...options, file })
  store.closeFirst(() => follower.close())
  return follower
}

/** A subscriber with a database of its own, which follows the topic of a store and can be stopped and started again. */
export async function openFollower({ file, kafka, group }: FollowerOptions) {
  const database = openSqlite<FollowerTables>({ file })
  await database.changeSchema(async (db) => {
    const effects = db.schema.createTable('effects').ifNotExists()
    const withId = effects.addColumn('id', 'integer', (column) => column.primaryKey())
    await withId.addColumn('partition', 'integer').addColumn('seq', 'integer').execute()
  })
  const log = openKafkaLog(kafka)
  /** What somebody outside sees: by partition, every event that was handled, repeats and all. */
  const handled = new Map<number, number[]>()
  const alarms: MagasinError[] = []
  const faults: unknown[] = []
  let subscriber: Subscriber | undefined
  const waiting = new Set<() => void>()
  const check = () => waiting.forEach((look) => look())
  let beforeHandling = (): Promise<void> => Promise.resolve()
  const stop = async () => {
    await subscriber?.stop()
    subscriber = undefined
  }
  return {
    group,
    database,
    log,
    handled,
    alarms,
    faults,
    async start() {
      subscriber = await openSubscriber<FollowerTables>({
        catalogue: club,
        log,
        database,
        subscription: {
          group,
          on: {
            MemberJoined: inTransaction<ClubEvent, FollowerTables>(
              async ({ record: { partition, seq } }, { tx }) => {
                await beforeHandling()
                await tx.insertInto('effects').values({ partition, seq }).execute()
                handled.set(partition, [...(handled.get(partition) ?? []), seq])
              },
              { limitMs: 300_000 },
            ),
          },
        },
        observer: {
          handled: () => check(),
          retried: (error) => (faults.push(error), check()),
          parked: (_, reason) => (faults.push(reason), check()),
          slow: () => undefined,
          redriven: () => undefined,
          alarm: (alarm) => (alarms.push(alarm), check()),
        },
      })
    },
    stop,
    async close() {
      await stop()
      await log.close()
      await database.close()
    },
    /** Stops every handler before its first step: `reached` resolves when one stands there, `letGo` lets all go on. */
    hold() {
      const reached = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      beforeHandling = () => (reached.resolve(), gate.promise)
      return { reached: reached.promise, letGo: () => gate.resolve() }
    },
    describe: () => subscriber!.describe(),
    /** The effects in its database, by their order. */
    async effects(partition: number): Promise<readonly number[]> {
      const rows = await database.reader.selectFrom('effects').selectAll().orderBy('id').execute()
      return rows.filter((row) => row.partition === partition).map(({ seq }) => seq)
    },
    /** Resolves when the condition holds, asked whenever the subscriber tells something; the test's own time-out is the deadline. */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!condition()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    /** Resolves when so many events of a partition were handled. */
    untilHandled(partition: number, count: number): Promise<void> {
      return this.until(() => (handled.get(partition)?.length ?? 0) >= count)
    },
  }
}

/** 1, 2, 3 … up to a number. */
export const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, i) => i + 1)
