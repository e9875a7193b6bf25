import type { TestContext } from 'node:test'
import type { Catalogue } from '@magasin/contracts/catalogue'
import { createHttpServer } from '@magasin/service-kit/create-http-server'
import { createHealth } from '@magasin/service-kit/health'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import type { Part } from '../part.ts'
import { RunningHost, type HostContext } from '../running-host.ts'

export interface TestHostOptions {
  readonly parts: readonly Part[]
  readonly catalogue: Catalogue
  readonly config: Pick<HostContext['config'], 'dataDir'> & Partial<HostContext['config']>
  /** Told of every warning in the log. */
  readonly onWarning?: () => void
}

/** A host that listens nowhere; it ends with the test. Its log is the table unless the config says otherwise. */
export async function createTestHost(
  t: Pick<TestContext, 'after'>,
  { parts, catalogue, config, onWarning = () => undefined }: TestHostOptions,
): Promise<RunningHost> {
  const logger = createLogger({ service: 'test', level: 'warn', destination: { write: () => onWarning() } })
  const observed = { logger, metrics: createMetrics(), health: createHealth() }
  const host = new RunningHost({
    ...observed,
    name: 'test',
    parts,
    catalogue,
    config: { database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {}, ...config },
    server: await createHttpServer(observed),
    signal: new AbortController().signal,
  })
  t.after(() => host[Symbol.asyncDispose]())
  return host
}
