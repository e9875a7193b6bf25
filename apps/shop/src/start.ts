import { openFolderMailer } from '@magasin/coolriel/mailers/folder-mailer'
import { openCoolrielDatabase } from '@magasin/coolriel/open-database'
import { openCoolrielLog } from '@magasin/coolriel/open-log'
import { startCoolriel } from '@magasin/coolriel/start'
import type { EventLog } from '@magasin/event-log/event-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { holdDataFolder } from '@magasin/service-kit/data-folder'
import { databaseOf } from '@magasin/service-kit/database-setting'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger, type Logger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import type { Store } from '@magasin/store-manager/open-store'
import { openStoreService } from '@magasin/store-manager/open-store-service'
import { startStoreManager } from '@magasin/store-manager/start'
import type { ShopConfig } from './config.ts'

/** A shop that runs. */
export interface Shop {
  readonly url: string
  readonly port: number
  readonly logger: Logger
  /** The first manager's token; undefined where it was lost or replaced. */
  readonly token: string | undefined
  /** How many seed users were loaded: not 0 the first time. */
  readonly seeded: number
  /** Answers and sends what is under way, then lets go of everything. */
  stop(): Promise<void>
}

/**
 * The whole shop in one process. Unless told otherwise: the store on SQLite, its event table as the log, Coolriel reading it.
 * What opened last is closed first; when a part cannot open, those before it are closed again.
 * The signal ends the waiting for a database server.
 */
export async function startShop(config: ShopConfig, signal: AbortSignal = new AbortController().signal): Promise<Shop> {
  const { dataDir, database: shared, group } = config
  const logger = createLogger({ service: 'shop', level: config.logLevel })
  const observed = { logger, metrics: createMetrics(), health: createHealth(), signal }
  const opened = new AsyncDisposableStack()
  try {
    const folder = await holdDataFolder(dataDir, shared === 'sqlite' ? ['store', 'coolriel'] : [])
    opened.defer(() => folder.release())
    const mailer = await openFolderMailer({ dir: config.outputDir })
    opened.defer(() => mailer.close())
    const ofStore = { ...config, database: databaseOf('store', shared) }
    const service = await openStoreService({ ...observed, config: ofStore })
    opened.defer(() => service.close())
    const { store, token, seeded } = service
    const log = await waitUntilReachable(() => openLog(config, store), observed)
    opened.defer(() => log.close())
    const ofCoolriel = { dataDir, database: databaseOf('coolriel', shared) }
    const database = await waitUntilReachable(() => openCoolrielDatabase(ofCoolriel), observed)
    opened.defer(() => database.close())
    const coolriel = await startCoolriel({ ...observed, group, database, log, mailer })
    opened.defer(() => coolriel.stop())
    const { url, port, stop } = await startStoreManager({ ...observed, config, store, frontPage: frontPageOf(config) })
    opened.defer(stop)
    return { url, port, logger, token, seeded, stop: () => opened.disposeAsync() }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

async function openLog(config: ShopConfig, { database, events }: Store): Promise<EventLog> {
  if (config.log !== 'table') return openCoolrielLog(config)
  return openTableLog({ database, onNews: (listener) => events.onCommit(() => listener(null)) })
}

function frontPageOf({ access, outputDir }: ShopConfig) {
  return {
    access,
    parts: [
      { name: 'store-manager', says: 'users: takes commands, records events, answers queries' },
      { name: 'Coolriel', says: `follows the events and writes an e-mail for each into ${outputDir}/` },
    ],
  }
}
