import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bench, ChildUsage } from './bench.ts'
import { readMetric } from './metrics.ts'

/** A shop in a process of its own, as `npm start` runs it. */
export interface ShopProcess {
  readonly port: number
  readonly token: string
  /** How many events Coolriel has still to handle. */
  lag(): Promise<number>
  /** Resolves when Coolriel has handled everything, with the seconds that this took from now. */
  drained(): Promise<number>
  /** What its process has taken of the processors so far. */
  cpuSeconds(): Promise<number>
  stop(): Promise<ChildUsage>
}

// What Coolriel handles in one go takes about as long; asking more often would slow it down.
const askAgainMs = 25

/** The settings of a shop whose whole world is one folder; the data is in `data/`. */
export const shopSettings = (folder: string): Readonly<Record<string, string>> => ({
  MAGASIN_DATA: join(folder, 'data'),
  OUTPUT_DIR: join(folder, 'output'),
  PORT: '0',
})

export interface ShopOptions {
  readonly nodeOptions?: readonly string[]
  /** Beside those of its folder. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts the whole shop, Coolriel included; it makes and seeds its data where there is none. */
export async function startShop(
  bench: Bench,
  folder: string,
  { nodeOptions = [], settings = {} }: ShopOptions = {},
): Promise<ShopProcess> {
  const env = { ...shopSettings(folder), ...settings }
  const child = bench.start('apps/magasin/src/main.ts', { args: ['start'], env, nodeOptions })
  const port = Number((await child.waitFor(/http:\/\/127\.0\.0\.1:(\d+)/))[1])
  const token = readFileSync(join(folder, 'data/manager.token'), 'utf8').trim()
  const lag = () => readMetric(port, 'magasin_subscriber_lag{')
  return {
    port,
    token,
    lag,
    async drained() {
      const started = performance.now()
      while ((await lag()) > 0) await delay(askAgainMs)
      return (performance.now() - started) / 1_000
    },
    cpuSeconds: () => readMetric(port, 'process_cpu_seconds_total '),
    stop: () => child.stop(),
  }
}
