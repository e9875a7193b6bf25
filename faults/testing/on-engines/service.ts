import { join } from 'node:path'
import type { Endpoint } from '../api.ts'
import { freePort } from '../../../tools/testing/free-port.ts'
import { spawnMagasin, type MagasinProcess } from '../magasin-process.ts'
import { until } from '../../../tools/testing/until.ts'
import type { FaultSite } from './fault-site.ts'

/** A service of a shop, with the same address and settings in each of its lives, as an engine has. */
export interface Service extends Endpoint {
  readonly name: string
  /** Starts it and waits until it serves. One that ends before that, as it may while an engine is down, is started again. */
  start(): Promise<void>
  /** SIGKILL; rejects where it had ended by itself. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGSTOP: it keeps its connections and does nothing. */
  freeze(): void
  /** SIGCONT. */
  wake(): void
  /** What it has written in all its lives. */
  output(): string
}

interface Program {
  readonly name: string
  readonly args: readonly string[]
  readonly opensWith: RegExp
  readonly env: Readonly<Record<string, string>>
}

/** A store-manager: those of one site serve one database. */
export function storeManager(site: FaultSite, name: string): Promise<Service> {
  return createService(site, {
    name,
    args: ['serve', 'store-manager'],
    opensWith: /The store-manager is open\./,
    env: site.env.store,
  })
}

/** A Coolriel: those of one site are one group on one database of their own. */
export function coolriel(site: FaultSite, name: string): Promise<Service> {
  return createService(site, {
    name,
    args: ['serve', 'coolriel'],
    opensWith: /Coolriel is listening\./,
    env: site.env.coolriel,
  })
}

const comesUpWithinMs = 60_000

async function createService(site: FaultSite, { name, args, opensWith, env }: Program): Promise<Service> {
  const { folder, running, token } = site
  const port = await freePort()
  const own = { MAGASIN_DATA: join(folder, name), PORT: String(port) }
  const lives: MagasinProcess[] = []
  const last = (): MagasinProcess => lives.at(-1)!
  const open = async (): Promise<boolean> => {
    const life = spawnMagasin({ folder, running, env: { ...env, ...own } }, args)
    lives.push(life)
    return life.says(opensWith).then(
      () => true,
      () => false,
    )
  }
  const output = () => lives.map((life) => life.output()).join('\n')
  return {
    name,
    token,
    url: `http://127.0.0.1:${port}`,
    start: async () => {
      await until(`${name} serves`, open, { deadlineMs: comesUpWithinMs }).catch((cause: unknown) => {
        throw new Error(`${name} did not come up:\n${output()}`, { cause })
      })
    },
    kill: async () => {
      await last().kill()
      if ((await last().ended()) !== null) throw new Error(`${name} had ended by itself:\n${output()}`)
    },
    stop: () => last().stop(),
    freeze: () => last().freeze(),
    wake: () => last().wake(),
    output,
  }
}
