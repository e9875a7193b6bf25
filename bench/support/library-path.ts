// All that the benchmarks know of the libraries' insides beyond rows: what opens a store, its log and a subscriber without a service.
import type { OnNews } from '@magasin/event-log/news'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { users } from '@magasin/store-manager/users/table'
import { openKafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { openRelay } from '@magasin/event-log/relay'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { EventLog } from '@magasin/event-log/event-log'
import type { Command } from '@magasin/event-store/command'
import type { Place } from '@magasin/host/open-own-database'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { openStore, type Store } from '@magasin/store-manager/open-store'
import { openSubscriber } from '@magasin/subscribers/subscriber'
import { inTransaction } from '@magasin/subscribers/in-transaction'
import type { Subscription } from '@magasin/subscribers/subscription'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { mysqlOptions } from './mysql-options.ts'
import { topicOn, type MeasuredTopic } from './topic.ts'

/** Where a store is: a data folder, unless `mysql` (`mysql://user@host:port/name`) names a database. */
export interface StoreLocation {
  readonly dataDir: string
  readonly mysql?: string | undefined
}

/** A user as a benchmark's command records it. */
export interface RecordedUser {
  readonly id: number
  readonly name: string
  readonly email: string
}

/** The shop's store, into which commands go without HTTP. */
export interface MeasuredStore {
  /** Records what creating a user records, also for a user that is there already; resolves when the store acknowledges it. */
  record(user: RecordedUser): Promise<unknown>
  close(): Promise<void>
}

/** Opens a store, and makes it where it is not there. */
export async function openMeasuredStore(location: StoreLocation): Promise<MeasuredStore> {
  return measured(await openStore(placeOf(location)))
}

/** A store that is open, as benchmarks use it. */
export const measured = (store: Pick<Store, 'events' | 'close'>): MeasuredStore => ({
  record: (user) => store.events.execute(recordUser(user)),
  close: () => store.close(),
})

/** How the store is told where it is. */
export const placeOf = ({ dataDir, mysql }: StoreLocation): Place => ({
  dataDir,
  ...(mysql !== undefined && { database: mysqlOptions(mysql) }),
})

/**
 * Reads the rows that the shop's own commands read, and looks at none of them: the stream may be as long as a benchmark wants it. The
 * event is one that begins no stream, so that the store has to look for its version.
 */
function recordUser(user: RecordedUser): Command<undefined> {
  return {
    reads: [
      { table: users, where: { id: user.id } },
      { table: users, where: { email_key: user.email } },
    ],
    decide: () => ({ events: [{ type: 'UserDeleted', data: { ...user, user_type_id: 1 } }], answer: undefined }),
  }
}

/** A store and a subscriber of its events in this process. */
export interface MeasuredPath extends MeasuredStore {
  /** How many transactions the subscriber has committed. */
  readonly transactions: number
}

export interface PathOptions {
  readonly store: StoreLocation
  /** Of the subscriber: a file of SQLite, or `mysql://user@host:port/name`. */
  readonly subscriber: string
  /** What the relay sends to and the subscriber reads; without it, the subscriber reads the event table. */
  readonly topic?: MeasuredTopic
  /** Told of each user as the subscriber's handler is called with it. */
  readonly onUser: (id: number) => void
  readonly onFault: (error: unknown) => void
}

// Coolriel's.
const eventsPerTransaction = 50

/** Opens the path from a command to a subscriber. */
export async function openPath(options: PathOptions): Promise<MeasuredPath> {
  const { store: location, subscriber: place, onUser, onFault } = options
  const opened = new AsyncDisposableStack()
  const store = await openStore(placeOf(location))
  opened.defer(() => store.close())
  const log = await openLog(store, options, opened)
  const database = place.startsWith('mysql://')
    ? await openMysql<SubscriberTables>(mysqlOptions(place))
    : openSqlite<SubscriberTables>({ file: place })
  opened.defer(() => database.close())
  const told = inTransaction<UserEvent, SubscriberTables>(async ({ data }) => onUser(data.id), { eventsPerTransaction })
  const subscription: Subscription<UserEvent> = { group: 'bench', on: { UserDeleted: told } }
  let transactions = 0
  const observer = {
    handled: () => void transactions++,
    retried: onFault,
    parked: (_: unknown, reason: unknown) => onFault(reason),
    slow: () => undefined,
    redriven: () => undefined,
    alarm: onFault,
  }
  const subscriber = await openSubscriber({ catalogue: shopCatalogue, log, database, subscription, observer })
  opened.defer(() => subscriber.stop())
  return {
    get transactions() {
      return transactions
    },
    record: (user) => store.events.execute(recordUser(user)),
    close: () => opened.disposeAsync(),
  }
}

async function openLog(
  { database, events }: Store,
  { topic, onFault }: PathOptions,
  opened: AsyncDisposableStack,
): Promise<EventLog> {
  const onNews: OnNews = (listener) => events.onCommit(listener)
  if (topic === undefined) {
    const log = await openTableLog({ database, onNews })
    opened.defer(() => log.close())
    return log
  }
  const kafka = topicOn(topic.broker, topic.name)
  const observer = {
    sent: () => undefined,
    failed: (_: unknown, error: unknown) => onFault(error),
    recovered: () => undefined,
  }
  const relay = await openRelay({ database, logId: events.logId, topics: ['user-events'], kafka, onNews, observer })
  opened.defer(() => relay.stop())
  const log = openKafkaLog(kafka)
  opened.defer(() => log.close())
  return log
}
