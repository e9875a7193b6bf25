import type { TestContext } from 'node:test'
import { join } from 'node:path'
import type { Cluster } from '@magasin/event-log/kafka/cluster'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import { temporaryFolder } from '../../tools/testing/temporary-folder.ts'
import { startMagasin } from '../../tools/testing/magasin.ts'
import { kill, type Spawned } from '../../tools/testing/spawned.ts'

/** Engines of a test: its own databases, and its own topic. */
export interface Engines {
  readonly store: MysqlOptions
  readonly coolriel: MysqlOptions
  readonly kafka: KafkaOptions
  readonly cluster: Cluster
}

/** A store-manager that is open. */
export interface OpenStore {
  readonly process: Spawned
  readonly url: string
  readonly token: string
}

/** A Coolriel that listens; `url` is where its metrics are. */
export interface OpenCoolriel {
  readonly process: Spawned
  readonly url: string
}

/** Where services of a shop are started, each a process of its own. */
export interface ServicesPlace {
  readonly folder: string
  readonly output: string
  /** What a service, or a command, is told. */
  readonly env: Readonly<Record<'store' | 'coolriel', Readonly<Record<string, string>>>>
  openStore(settings?: Readonly<Record<string, string>>): Promise<OpenStore>
  openCoolriel(settings?: Readonly<Record<string, string>>): Promise<OpenCoolriel>
}

/** A place on these engines; what runs there ends with the test. */
export function servicesPlace(t: TestContext, { store, coolriel, kafka }: Engines): ServicesPlace {
  const folder = temporaryFolder(t)
  const output = join(folder, 'output')
  const common = {
    MAGASIN_DATA: join(folder, 'data'),
    OUTPUT_DIR: output,
    PORT: '0',
    MAGASIN_LOG: `kafka://${kafka.brokers.join(',')}`,
    MAGASIN_TOPIC_PREFIX: kafka.prefix ?? '',
  }
  const env = {
    store: { ...common, MAGASIN_DB: urlOf(store) },
    coolriel: { ...common, MAGASIN_DB: urlOf(coolriel) },
  }
  const serve = (service: string, settings: Readonly<Record<string, string>>) => {
    const spawned = startMagasin(['serve', service], { env: settings })
    t.after(() => kill(spawned))
    return spawned
  }
  return {
    folder,
    output,
    env,
    async openStore(settings = {}) {
      const process = serve('store-manager', { ...env.store, ...settings })
      const [, url = ''] = await process.says(/The store\s+(http:\/\/\S+)/)
      const [, token = ''] = await process.says(/Manager's token\s+(\S+)/)
      await process.says(/Ctrl-C stops it/)
      return { process, url, token }
    },
    async openCoolriel(settings = {}) {
      const process = serve('coolriel', { ...env.coolriel, ...settings })
      const [, url = ''] = await process.says(/Health and metrics\s+(http:\/\/[^/]+)/)
      return { process, url }
    },
  }
}

/** As `MAGASIN_DB` says it. */
export function urlOf({ host, port, user, password, name }: MysqlOptions): string {
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${name}`
}
