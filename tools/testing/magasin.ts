import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, start, type Spawned, type SpawnOptions } from './spawned.ts'

export interface MagasinOptions extends SpawnOptions {
  /** A module that Node loads before the command line. */
  readonly preload?: string | undefined
}

/** What came of a command. */
export interface Ran {
  /** The signal, if one ended it. */
  readonly code: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
  /** Both, in the order in which they were written. */
  readonly output: string
}

/** Half of such a short life is compiling the same modules again. */
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'magasin-compile-cache') }

/** Our command line, by the Node that runs the test: no launcher is in between, so the process that is killed is the one that serves. */
export function startMagasin(args: readonly string[], options: MagasinOptions = {}): Spawned {
  const { preload, ...others } = options
  const before = preload === undefined ? [] : ['--import', preload]
  const env = { ...compileCache, ...options.env }
  return start(process.execPath, [...before, join(root, 'apps/magasin/src/main.ts'), ...args], { ...others, env })
}

/** Runs our command line to its end. */
export async function magasin(args: readonly string[], options: MagasinOptions = {}): Promise<Ran> {
  const run = startMagasin(args, options)
  const code = await run.ended()
  return { code, stdout: run.stdout(), stderr: run.stderr(), output: run.output() }
}
