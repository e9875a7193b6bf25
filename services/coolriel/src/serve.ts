import { holdDataFolder } from '@magasin/service-kit/data-folder'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger, type Logger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { serveOperation } from '@magasin/service-kit/serve-operation'
import { waitUntilReachable } from '@magasin/service-kit/wait-until-reachable'
import type { CoolrielConfig } from './config.ts'
import { openFolderMailer } from './mailers/folder-mailer.ts'
import { openCoolrielDatabase } from './open-database.ts'
import { openCoolrielLog } from './open-log.ts'
import { observeForeign } from './observe-foreign.ts'
import { startCoolriel } from './start.ts'

/** A Coolriel that runs as a process of its own. */
export interface ServedCoolriel {
  /** Where its health and metrics are. */
  readonly url: string
  readonly port: number
  readonly logger: Logger
  /** Finishes the e-mails under way, then lets go of everything. */
  stop(): Promise<void>
}

const about = {
  title: 'Magasin: Coolriel',
  description: 'Writes an e-mail for each event that calls for one. Here is only how it is.',
  version: '0.1.0',
}

/**
 * Opens all that Coolriel needs and runs it. Those of one group share a database on a server; a database in a file is held by one.
 * The signal ends the waiting for a database server.
 */
export async function serveCoolriel(config: CoolrielConfig, signal: AbortSignal): Promise<ServedCoolriel> {
  const logger = createLogger({ service: 'coolriel', level: config.logLevel })
  const observed = { logger, metrics: createMetrics(), health: createHealth(), signal }
  const opened = new AsyncDisposableStack()
  try {
    const log = await openCoolrielLog(config)
    opened.defer(() => log.close())
    const foreign = observeForeign({ ...observed, unrecognisedRecords: () => log.unrecognisedRecords() })
    opened.defer(() => foreign.stop())
    if (config.database === 'sqlite') {
      const folder = await holdDataFolder(config.dataDir, ['coolriel'])
      opened.defer(() => folder.release())
    }
    const mailer = await openFolderMailer({ dir: config.outputDir })
    opened.defer(() => mailer.close())
    const database = await waitUntilReachable(() => openCoolrielDatabase(config), observed)
    opened.defer(() => database.close())
    observed.health.add({ name: 'database', required: true, check: () => database.check() })
    observed.health.add({ name: 'log', required: false, check: () => log.check() })
    const coolriel = await startCoolriel({ ...observed, group: config.group, database, log, mailer })
    opened.defer(() => coolriel.stop())
    const { url, port, stop } = await serveOperation({ ...observed, about, config })
    opened.defer(stop)
    return { url, port, logger, stop: () => opened.disposeAsync() }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}
