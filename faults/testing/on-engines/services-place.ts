import { randomBytes, randomUUID } from 'node:crypto'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import type { Engine } from '../../../tools/engines/engine.ts'

/** The engines of a test's own. */
export interface Engines {
  readonly mariadb: Engine
  readonly kafka: Engine
}

/** Where the services of a test live: what their processes share, and what outlasts them. */
export interface ServicesPlace {
  readonly folder: string
  readonly outputDir: string
  /** The manager's. */
  readonly token: string
  readonly storeDatabase: MysqlOptions
  readonly coolrielDatabase: MysqlOptions
  /** The brokers, and what the topic of the users is called there. */
  readonly kafka: KafkaOptions & { readonly names: { readonly 'user-events': string } }
  /** The processes that run here: what is deferred ends them, before the folder goes. */
  readonly running: AsyncDisposableStack
  /** The settings that all processes share. */
  readonly env: Readonly<Record<string, string>>
}

/** Waits for the engines that a test has started; they end with it. */
export async function ownEngines(
  t: Pick<TestContext, 'after'>,
  starting: { readonly [Name in keyof Engines]: Promise<Engine> },
): Promise<Engines> {
  const [mariadb, kafka] = await Promise.all([starting.mariadb, starting.kafka])
  t.after(() => Promise.all([mariadb.kill(), kafka.kill()]))
  return { mariadb, kafka }
}

/** A place of the test's own on its engines, with databases and a topic that nobody else has; what runs in it ends with the test. */
export function createServicesPlace(t: Pick<TestContext, 'after'>, { mariadb, kafka }: Engines): ServicesPlace {
  const running = new AsyncDisposableStack()
  t.after(() => running.disposeAsync())
  const folder = temporaryFolder(t)
  const topic = `user-events-${randomUUID()}`
  const outputDir = join(folder, 'output')
  const token = randomBytes(24).toString('hex')
  const name = `magasin_${randomBytes(6).toString('hex')}`
  const server = { host: '127.0.0.1', port: mariadb.port, user: 'root', password: '' }
  return {
    folder,
    outputDir,
    token,
    running,
    storeDatabase: { ...server, name: `${name}_store` },
    coolrielDatabase: { ...server, name: `${name}_coolriel` },
    kafka: {
      brokers: [`127.0.0.1:${kafka.port}`],
      clientId: 'test',
      topics: shopCatalogue.topics,
      names: { 'user-events': topic },
    },
    env: {
      MAGASIN_LOG: kafka.url,
      KAFKA_TOPIC: topic,
      MAGASIN_TOKEN: token,
      OUTPUT_DIR: outputDir,
      LOG_LEVEL: 'warn',
      // A kill run starts the same programs dozens of times.
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
    },
  }
}

/** The setting that names a database. */
export const databaseUrl = ({ host, port, user, name }: MysqlOptions): string =>
  `mysql://${user}@${host}:${port}/${name}`
