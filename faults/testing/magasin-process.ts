import { startMagasin } from '../../tools/testing/magasin.ts'
import { preloadOf, type Release, type ShopSite } from './shop-site.ts'

/** `magasin` at work as a process of its own. */
export interface MagasinProcess {
  /** SIGKILL; resolves when nothing of it is left. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGSTOP: it keeps its connections and does nothing. */
  freeze(): void
  /** SIGCONT. */
  wake(): void
  /** Resolves with the exit code, null after a SIGKILL. */
  ended(): Promise<number | null>
  /** What it has written up to now. */
  output(): string
  /** Resolves when it writes this; rejects when it ends before that. */
  says(pattern: RegExp): Promise<unknown>
}

/** Where a process runs, and with which settings; what ends it when the test ends. */
export type ProcessSite = Pick<ShopSite, 'folder' | 'env' | 'running'>

const saysWithinMs = 60_000

/** Starts a command of `magasin`. */
export function spawnMagasin(site: ProcessSite, args: readonly string[], release?: Release): MagasinProcess {
  const spawned = startMagasin(args, { cwd: site.folder, env: site.env, preload: preloadOf(release) })
  const child = spawned.process
  const ended = async (): Promise<number | null> => {
    const end = await spawned.ended()
    return typeof end === 'number' ? end : null
  }
  const signal = (name: 'SIGKILL' | 'SIGTERM') => {
    child.kill(name)
    return ended()
  }
  site.running.defer(async () => void (await signal('SIGKILL')))
  return {
    kill: async () => void (await signal('SIGKILL')),
    stop: () => signal('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    ended,
    output: spawned.output,
    says: (pattern) => spawned.says(pattern, saysWithinMs),
  }
}
