import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a process ended that did its work, and what it took. */
export interface ChildUsage {
  readonly stdout: string
  /** From its start to its end, the start of Node included. */
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakRssBytes: number
}

export interface Child {
  readonly pid: number
  /** Resolves with what the pattern finds in its output, as soon as that is there; rejects when the process ends without it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Rejects, with what it said on stderr, when the process fails. */
  readonly ended: Promise<ChildUsage>
  /** Asks it to end, and waits until it has. */
  stop(): Promise<ChildUsage>
}

/** What a benchmark may use; all of it is gone when the benchmark ends, however it ends. */
export interface Bench {
  /**
   * On the disk of the system's temporary folder: TMPDIR chooses another. No round deletes what it made before the benchmark ends: ext4 looks
   * at every inode that was deleted in the last minutes before it makes a file, and the next round would pay for that.
   */
  readonly folder: string
  /** Starts a script of this repository with this Node. */
  start(script: string, options?: ChildOptions): Child
  /** Has something ended with the benchmark, after its children: what was begun last goes first. */
  atEnd(end: () => Promise<unknown>): void
}

export interface ChildOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly nodeOptions?: readonly string[]
}

const root = join(import.meta.dirname, '../..')
const tellUsage = new URL('tell-usage.ts', import.meta.url).href

/** Runs a benchmark. What it throws is told, and the exit code is 1; Ctrl-C ends its children and removes its folder. */
export async function runBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'magasin-bench-'))
  // Also after an error that nobody caught.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const living = new Set<Child>()
  const endings: (() => Promise<unknown>)[] = []
  const start: Bench['start'] = (script, options) => {
    const child = startChild(script, options)
    living.add(child)
    child.ended.catch(() => undefined).finally(() => living.delete(child))
    return child
  }
  const end = async (): Promise<void> => {
    await Promise.allSettled([...living].map((child) => child.stop()))
    for (const ending of endings.splice(0).toReversed()) await ending().catch(() => undefined)
  }
  let isInterrupted = false
  // Every one of them: a second Ctrl-C would end the process before its folder is gone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (isInterrupted) return
      isInterrupted = true
      void end().finally(() => process.exit(1))
    })
  try {
    await work({ folder, start, atEnd: (ending) => void endings.push(ending) })
  } catch (error) {
    if (!isInterrupted) console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  } finally {
    await end()
  }
}

function startChild(script: string, { args = [], env = {}, nodeOptions = [] }: ChildOptions = {}): Child {
  const started = performance.now()
  const child = spawn(process.execPath, [...nodeOptions, '--import', tellUsage, join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let usage = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdio[3]!.on('data', (text: Buffer) => (usage += text.toString()))
  const finish = async (): Promise<ChildUsage> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (code !== 0) throw new Error(`${script} ended with ${signal ?? code}:\n${stderr.slice(-2_000)}`)
    return { stdout, seconds: (performance.now() - started) / 1_000, ...(JSON.parse(usage) as Usage) }
  }
  const ended = finish()
  return {
    pid: child.pid!,
    ended,
    async waitFor(pattern) {
      for (;;) {
        const found = pattern.exec(stdout)
        if (found !== null) return found
        await Promise.race([once(child.stdout!, 'data'), ended.then(() => Promise.reject(neverSaid(script, pattern)))])
      }
    },
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

type Usage = Pick<ChildUsage, 'cpuSeconds' | 'peakRssBytes'>

function neverSaid(script: string, pattern: RegExp): Error {
  return new Error(`${script} ended without saying ${pattern.source}`)
}
