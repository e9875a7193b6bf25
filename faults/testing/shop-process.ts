import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nodeArguments, type Release, type ShopPlace } from './shop-place.ts'

/** A shop that runs as a process of its own. */
export interface ShopProcess {
  /** Resolves when it serves; rejects when it ends before that. */
  readonly opened: Promise<void>
  /** SIGKILL; resolves when nothing of it is left. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** Resolves with the exit code, null after a SIGKILL. */
  ended(): Promise<number | null>
  /** What it has written up to now. */
  output(): string
}

/** `magasin start` in a place, by the Node that runs the test: no launcher is in between, so a kill hits the shop itself. */
export function spawnShop(place: ShopPlace, release?: Release): ShopProcess {
  const child = spawn(process.execPath, nodeArguments(['start'], release), {
    cwd: place.folder,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  const opened = Promise.withResolvers<void>()
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('Magasin is open.')) opened.resolve()
    })
  const ended = async (): Promise<number | null> => (await closed)[0]
  void ended().then(() => opened.reject(new Error(`the shop ended before it was open:\n${output}`)))
  // Who kills a shop while it starts does not wait for it to open.
  opened.promise.catch(() => undefined)
  const signal = (name: 'SIGKILL' | 'SIGTERM') => {
    child.kill(name)
    return ended()
  }
  place.running.defer(async () => void (await signal('SIGKILL')))
  return {
    opened: opened.promise,
    kill: async () => void (await signal('SIGKILL')),
    stop: () => signal('SIGTERM'),
    ended,
    output: () => output,
  }
}

/** A shop that is open. */
export async function startShopProcess(place: ShopPlace, release?: Release): Promise<ShopProcess> {
  const shop = spawnShop(place, release)
  await shop.opened
  return shop
}
