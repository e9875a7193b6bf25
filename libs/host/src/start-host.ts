import { setTimeout as delay } from 'node:timers/promises'
import type { Catalogue } from '@magasin/contracts/catalogue'
import { createHttpServer } from '@magasin/service-kit/create-http-server'
import { holdDataFolder } from '@magasin/service-kit/data-folder'
import { createHealth } from '@magasin/service-kit/health'
import { listenEarly } from '@magasin/service-kit/listen-early'
import { createLogger, type Logger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import type { About } from '@magasin/service-kit/openapi'
import { registerOperationRoutes } from '@magasin/service-kit/operation-routes'
import type { ServiceConfig } from '@magasin/service-kit/service-settings'
import { unlessAborted } from '@magasin/sql/unless-aborted'
import { describeCommands } from './describe-commands.ts'
import type { Host } from './host.ts'
import { hasDatabase, type Part } from './part.ts'
import { RunningHost } from './running-host.ts'

export interface HostOptions {
  /** Names the process in its log. */
  readonly name: string
  /** What runs in it. */
  readonly parts: readonly Part[]
  readonly catalogue: Catalogue
  readonly config: ServiceConfig
  /** What its reference says above the routes. */
  readonly about: About
  /** Ends a start. */
  readonly signal: AbortSignal
}

/** A process that runs. */
export interface Started<T> {
  /** What the start of its services resolved with. */
  readonly services: T
  /** Where it listens. */
  readonly url: string
  readonly port: number
  readonly logger: Logger
  /** Answers and handles what is under way, then lets go of everything. */
  stop(): Promise<void>
}

// Healthy brokers answer within this time, so that a set-up that must not run is refused before it takes a command.
const patienceWithLogMs = 2_000

/**
 * Runs services in this process: `start` opens them, in order. It listens first: /health-check and /ready tell how far it is, all else
 * is answered with STARTING until the services are open. It does not wait for a log that hangs: then it serves, and is `degraded`.
 * Resolves when everything runs. What opened last is closed first; if something cannot open, all before it is closed again.
 * Throws DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE, PORT_IN_USE, PORT_REFUSED, and what the services refuse.
 */
export async function startHost<T>(options: HostOptions, start: (host: Host) => Promise<T>): Promise<Started<T>> {
  const { name, config, about, signal } = options
  const logger = createLogger({ service: name, level: config.logLevel })
  const observed = { logger, metrics: createMetrics(), health: createHealth() }
  const opened = new AsyncDisposableStack()
  try {
    const folder = await holdOwnFolder(options)
    opened.defer(() => folder?.release())
    const server = await createHttpServer({ about, ...observed })
    describeCommands(server)
    const host = new RunningHost({ ...options, ...observed, server })
    const port = await listenEarly({ config, ...observed })
    opened.defer(() => port.close())
    opened.use(host)
    const services = await start(host)
    registerOperationRoutes(server, observed)
    opened.defer(async () => {
      observed.health.stopping()
      await server.close()
    })
    const following = host.follow()
    await unlessAborted(Promise.race([following, delay(patienceWithLogMs, undefined, { ref: false })]), signal)
    await port.handOver(server)
    await unlessAborted(following, signal)
    return { services, url: port.url, port: port.port, logger, stop: () => opened.disposeAsync() }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** A file is held by one process; databases on a server are shared. */
async function holdOwnFolder({ config, parts }: HostOptions) {
  const { dataDir, database } = config
  if (database === 'sqlite' && parts.some(hasDatabase))
    return holdDataFolder(
      dataDir,
      parts.filter(hasDatabase).map((part) => part.database),
    )
  return parts.some(({ secretFiles }) => secretFiles.length > 0) ? holdDataFolder(dataDir, []) : undefined
}
