import { startMagasin } from '../../tools/testing/magasin.ts'
import { kill, type Spawned } from '../../tools/testing/spawned.ts'
import type { ServicesSite } from './services-site.ts'

type Settings = Readonly<Record<string, string>>

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

/** Starts a store-manager in a site and waits until it is open. */
export async function openStore(site: ServicesSite, settings: Settings = {}): Promise<OpenStore> {
  const process = serve(site, 'store-manager', { ...site.env.store, ...settings })
  const [, url = ''] = await process.says(/The store\s+(http:\/\/\S+)/)
  const [, token = ''] = await process.says(/Manager's token\s+(\S+)/)
  await process.says(/Ctrl-C stops it/)
  return { process, url, token }
}

/** Starts a Coolriel in a site and waits until it listens. */
export async function openCoolriel(site: ServicesSite): Promise<OpenCoolriel> {
  const process = serve(site, 'coolriel', site.env.coolriel)
  const [, url = ''] = await process.says(/Health and metrics\s+(http:\/\/[^/]+)/)
  return { process, url }
}

function serve({ running }: ServicesSite, service: string, env: Settings): Spawned {
  const spawned = startMagasin(['serve', service], { env })
  running.defer(async () => {
    kill(spawned)
    await spawned.ended()
  })
  return spawned
}
