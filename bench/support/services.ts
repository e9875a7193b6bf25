import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Child } from './bench.ts'
import type { MeasuredTopic } from './topic.ts'

/** Where the services of one measurement keep everything. */
export interface ServicesPlace {
  readonly folder: string
  /** A server of MariaDB or MySQL, and what the databases on it begin with. */
  readonly database: string
  readonly topic: MeasuredTopic
}

export interface ServiceProcess extends Child {
  readonly port: number
}

/** `magasin serve store-manager`, with the relay in it, on new databases; resolves when it listens. */
export async function serveStoreManager(
  bench: Bench,
  place: ServicesPlace,
  nodeOptions: readonly string[] = [],
): Promise<ServiceProcess & { readonly token: string }> {
  const service = await serve(bench, 'store-manager', { place, nodeOptions })
  const token = readFileSync(join(place.folder, 'store-manager/manager.token'), 'utf8').trim()
  return { ...service, token }
}

/** `magasin serve coolriel`, which follows the topic and writes e-mails into a folder; resolves when it listens. */
export function serveCoolriel(bench: Bench, place: ServicesPlace): Promise<ServiceProcess> {
  return serve(bench, 'coolriel', { place, nodeOptions: [] })
}

async function serve(
  bench: Bench,
  service: 'store-manager' | 'coolriel',
  { place, nodeOptions }: { readonly place: ServicesPlace; readonly nodeOptions: readonly string[] },
): Promise<ServiceProcess> {
  const { folder, database, topic } = place
  const env = {
    ...topic.settings,
    MAGASIN_DB: `${database}_${service.replace('-', '_')}`,
    MAGASIN_DATA: join(folder, service),
    OUTPUT_DIR: join(folder, 'output'),
    PORT: '0',
  }
  const child = bench.start('apps/magasin/src/main.ts', { args: ['serve', service], env, nodeOptions })
  const port = Number((await child.waitFor(/http:\/\/127\.0\.0\.1:(\d+)/))[1])
  return { ...child, port }
}
