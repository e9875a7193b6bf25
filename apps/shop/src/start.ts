import { openFolderMailer } from '@magasin/coolriel/mailers/folder-mailer'
import { startCoolriel } from '@magasin/coolriel/start'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger, type Logger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { openStore } from '@magasin/store-manager/open-store'
import { seedIfNew } from '@magasin/store-manager/seed'
import { startStoreManager } from '@magasin/store-manager/start'
import type { ShopConfig } from './config.ts'
import { holdDataFolder } from './data-folder.ts'
import { firstManagerToken } from './manager-token.ts'

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
 * The whole shop in one process: the store on SQLite, its event table as the log, Coolriel reading it.
 * What opened last is closed first; when a part cannot open, those before it are closed again.
 */
export async function startShop(config: ShopConfig): Promise<Shop> {
  const { dataDir } = config
  const logger = createLogger({ service: 'shop', level: config.logLevel })
  const metrics = createMetrics()
  const health = createHealth()
  const opened = new AsyncDisposableStack()
  try {
    const folder = await holdDataFolder(dataDir)
    opened.defer(() => folder.release())
    const mailer = await openFolderMailer({ dir: config.outputDir })
    opened.defer(() => mailer.close())
    const store = await openStore({ dataDir })
    opened.defer(() => store.close())
    const token = await firstManagerToken(store.tokens, { dataDir, given: config.token })
    const seeded = await seedIfNew(store)
    const log = await openTableLog({ database: store.database, onNews: (listener) => store.events.onCommit(listener) })
    opened.defer(() => log.close())
    const coolriel = await startCoolriel({ dataDir, log, mailer, logger, metrics, health })
    opened.defer(() => coolriel.stop())
    const { url, port, stop } = await startStoreManager({
      config,
      store,
      logger,
      metrics,
      health,
      frontPage: frontPageOf(config),
    })
    opened.defer(stop)
    return { url, port, logger, token, seeded, stop: () => opened.disposeAsync() }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
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
