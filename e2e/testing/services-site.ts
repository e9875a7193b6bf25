import type { TestContext } from 'node:test'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { createSite, type Site } from '../../tools/testing/site.ts'

/** What the services of a test keep everything on: its own databases, and its own topic. */
export interface Backing {
  readonly store: MysqlOptions
  readonly coolriel: MysqlOptions
  readonly kafka: KafkaOptions
}

/** Where the services of a test live: what their processes share, and what outlasts them. */
export interface ServicesSite extends Backing, Pick<Site, 'folder' | 'outputDir'> {
  /** What the topic of the users is called on the brokers. */
  readonly topic: string
  /** The processes that run here: what is deferred ends them, before the folder goes. */
  readonly running: AsyncDisposableStack
  /** What a service, or a command about it, is told. */
  readonly env: Readonly<Record<'store' | 'coolriel', Readonly<Record<string, string>>>>
}

/** A site of the test's own; what runs in it ends with the test. The settings are for every process of it. */
export function createServicesSite(
  t: Pick<TestContext, 'after'>,
  { store, coolriel, kafka }: Backing,
  settings: Readonly<Record<string, string>> = {},
): ServicesSite {
  const running = new AsyncDisposableStack()
  t.after(() => running.disposeAsync())
  const { folder, outputDir, env } = createSite(t)
  const { brokers, prefix = '' } = kafka
  const topic = `${prefix}user-events`
  const log = { MAGASIN_LOG: `kafka://${brokers.join(',')}`, MAGASIN_TOPIC_PREFIX: prefix }
  const common = { ...env, ...log, ...settings }
  const envOn = (database: MysqlOptions) => ({ ...common, MAGASIN_DB: urlOf(database) })
  const envs = { store: envOn(store), coolriel: envOn(coolriel) }
  return { store, coolriel, kafka, folder, outputDir, topic, running, env: envs }
}

/** As `MAGASIN_DB` says it. */
export function urlOf({ host, port, user, password, name }: MysqlOptions): string {
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${name}`
}
