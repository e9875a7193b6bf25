import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
  /** Waits until the output matches; the match. */
  says(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>
  /** Waits for the end; the exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>
}

export interface SpawnOptions {
  readonly cwd?: string
  /** On top of what this process has, without the settings of a shop. */
  readonly env?: Readonly<Record<string, string>>
  /** Leads a process group of its own, as a program that a terminal starts does. */
  readonly detached?: boolean
}

/** Starts a program. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Spawned {
  const { cwd = root, detached = false } = options
  const child = spawn(command, args, { cwd, detached, env: { ...plainEnvironment(), ...options.env } })
  const written = { stdout: '', stderr: '', both: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      written.both += text
    })
  const closed = once(child, 'close') as Promise<[number, null] | [null, NodeJS.Signals]>
  return {
    process: child,
    output: () => written.both,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    says: (pattern, deadlineMs) =>
      until(
        () => {
          const found = pattern.exec(written.both)
          // Nothing more will come.
          if (found === null && (child.exitCode ?? child.signalCode) !== null) throw new Error('it has ended')
          return found ?? undefined
        },
        () => `${pattern} in\n${written.both}`,
        deadlineMs,
      ),
    ended: async () => {
      const [code, signal] = await closed
      return code ?? signal
    },
  }
}

/** Half of such a short life is compiling the same modules again. */
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'magasin-compile-cache') }

/** Our command line, started directly: the process that is killed is the one that serves. */
export function startMagasin(args: readonly string[], options: SpawnOptions = {}): Spawned {
  const env = { ...compileCache, ...options.env }
  return start(process.execPath, [`${root}/apps/magasin/src/main.ts`, ...args], { ...options, env })
}

/** Runs our command line to its end. */
export async function magasin(args: readonly string[], options: SpawnOptions = {}) {
  const run = startMagasin(args, options)
  const code = await run.ended()
  return { code, stdout: run.stdout(), stderr: run.stderr(), output: run.output() }
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

/** Settings of a shop, and what npm and Node tell the programs that they start: no test may depend on how it was started. */
const notPlain =
  /^(MAGASIN_.*|DB_.*|KAFKA_.*|REDIS_.*|PORT|HOST|OUTPUT_DIR|LOG_LEVEL|INIT_CWD|npm_(?!config_(cache|registry|userconfig)$).*|NODE_(?!EXTRA_CA_CERTS).*)$/i

export function plainEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || notPlain.test(name) ? [] : [[name, value]],
    ),
  )
}
