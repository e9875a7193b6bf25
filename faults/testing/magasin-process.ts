import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nodeArguments, type Release, type ShopPlace } from './shop-place.ts'

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
  said(text: string): Promise<void>
}

/** Where a process runs, and with which settings; what ends it when the test ends. */
export type ProcessPlace = Pick<ShopPlace, 'folder' | 'env' | 'running'>

/** Runs a command of `magasin` by the Node that runs the test: no launcher is in between, so a signal hits the service itself. */
export function spawnMagasin(place: ProcessPlace, args: readonly string[], release?: Release): MagasinProcess {
  const child = spawn(process.execPath, nodeArguments(args, release), {
    cwd: place.folder,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  const ended = async (): Promise<number | null> => (await closed)[0]
  const listeners: (() => void)[] = []
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listen of listeners) listen()
    })
  const said = (text: string): Promise<void> => {
    const heard = Promise.withResolvers<void>()
    listeners.push(() => output.includes(text) && heard.resolve())
    void ended().then(() => heard.reject(new Error(`magasin ${args.join(' ')} ended:\n${output}`)))
    return heard.promise
  }
  const signal = (name: 'SIGKILL' | 'SIGTERM') => {
    child.kill(name)
    return ended()
  }
  place.running.defer(async () => void (await signal('SIGKILL')))
  return {
    kill: async () => void (await signal('SIGKILL')),
    stop: () => signal('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    ended,
    output: () => output,
    said,
  }
}
