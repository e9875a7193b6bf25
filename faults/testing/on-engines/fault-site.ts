import { randomBytes, randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { createServicesSite, type ServicesSite } from '../../../e2e/testing/services-site.ts'
import type { Engine } from '../../../tools/engines/engine.ts'

/** The engines of a test's own. */
export interface Engines {
  readonly mariadb: Engine
  readonly kafka: Engine
  /** Keeps the read models; without it they are in a file of each store-manager. */
  readonly redis?: Engine | undefined
}

/** Where services live whose engines belong to the test. */
export interface FaultSite extends ServicesSite {
  /** The manager's. */
  readonly token: string
}

/** Waits for the engines that a test has started; they end with it. */
export async function ownEngines(
  t: Pick<TestContext, 'after'>,
  starting: { readonly [Name in keyof Engines]: Promise<Engine> },
): Promise<Engines> {
  const [mariadb, kafka, redis] = await Promise.all([starting.mariadb, starting.kafka, starting.redis])
  t.after(() => Promise.all([mariadb.kill(), kafka.kill(), redis?.kill()]))
  return { mariadb, kafka, redis }
}

/** A site of the test's own on its engines, with databases and a topic that nobody else has; what runs in it ends with the test. */
export function createFaultSite(t: Pick<TestContext, 'after'>, { mariadb, kafka, redis }: Engines): FaultSite {
  const name = `magasin_${randomBytes(6).toString('hex')}`
  const token = randomBytes(24).toString('hex')
  const server = { host: '127.0.0.1', port: mariadb.port, user: 'root', password: '' }
  const backing = {
    store: { ...server, name: `${name}_store` },
    coolriel: { ...server, name: `${name}_coolriel` },
    kafka: {
      brokers: [`127.0.0.1:${kafka.port}`],
      clientId: 'test',
      topics: shopCatalogue.topics,
      prefix: `${randomUUID()}-`,
    },
  }
  const settings = { MAGASIN_TOKEN: token, LOG_LEVEL: 'warn', MAGASIN_READ_MODELS: redis?.url ?? 'sqlite' }
  return { ...createServicesSite(t, backing, settings), token }
}
