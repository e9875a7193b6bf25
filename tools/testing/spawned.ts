import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { plainEnvironment } from './plain-environment.ts'
import { until } from './until.ts'

/** The root of this repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A program that runs. */
export interface Spawned {
  readonly process: ChildProcess
  /** What it has written up to now, on both streams. */
  output(): string
  stdout(): string
  stderr(): string
  /** Waits until the output matches; the match. Rejects when the program ends before that. */
  says(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>
  /** Waits for the end; the exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>
}

export interface SpawnOptions {
  /** The root of the repository by default. */
  readonly cwd?: string
  /** On top of what this process has, without the settings of a shop. */
  readonly env?: Readonly<Record<string, string>>
  /** Leads a process group of its own, as a program that a terminal starts does. */
  readonly detached?: boolean
}

/** Starts a program. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Spawned {
  const { cwd = root, detached = false } = options
  const env = { ...plainEnvironment(), ...options.env }
  const child = spawn(command, args, { cwd, detached, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = { stdout: '', stderr: '', both: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      written.both += text
    })
  let isClosed = false
  child.once('close', () => (isClosed = true))
  const closed = once(child, 'close') as Promise<[number, null] | [null, NodeJS.Signals]>
  return {
    process: child,
    output: () => written.both,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    says: (pattern, deadlineMs = 30_000) => {
      const look = () => {
        const found = pattern.exec(written.both)
        if (found === null && isClosed) throw new Error(`it ended without ${pattern} in\n${written.both}`)
        return found ?? undefined
      }
      return until(() => `${pattern} in\n${written.both}`, look, { deadlineMs })
    },
    ended: async () => {
      const [code, signal] = await closed
      return code ?? signal
    },
  }
}

/** Ends a process that should have ended by itself, with its group where it leads one. */
export function kill({ process: child }: Spawned, { group = false } = {}): void {
  if (!group) return void child.kill('SIGKILL')
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // Nothing of it runs any more.
  }
}
