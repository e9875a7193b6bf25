import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Engine } from './engine.ts'
import type { EngineHome } from './engine-home.ts'
import { isFree } from '../testing/free-port.ts'
import { startGuard } from './guard.ts'

/** Far longer than any of them takes, also on a busy machine and with a log to recover from. */
const comesUpWithinMs = 60_000
const stopsWithinMs = 30_000

/** What differs from engine to engine. */
export interface EngineProgram {
  readonly name: string
  readonly url: string
  readonly program: string
  readonly args: readonly string[]
  /** Asks the engine something that it can answer only when it is ready for clients. Rejects, soon, when it does not answer. */
  greet(): Promise<unknown>
}

/** Starts an engine in its home and waits until it answers. It ends with this process, however this process ends. */
export async function startEngine(home: EngineHome, engine: EngineProgram): Promise<Engine> {
  const { name, url } = engine
  const { folder, port } = home
  const logPath = join(folder, 'log.txt')
  const guard = startGuard(home.isTemporary ? folder : undefined)
  let child: ChildProcess | undefined
  const forget = (): void => {
    child = undefined
    guard.watch(undefined)
  }

  const start = async (): Promise<void> => {
    if (child !== undefined) return
    if (!(await isFree(port))) throw new Error(`${name} cannot start: port ${port} of 127.0.0.1 is taken`)
    const started = launch(engine, folder, logPath)
    child = started.once('exit', forget).once('error', forget)
    guard.watch(started.pid)
    try {
      await greeted(engine, started)
    } catch (cause) {
      await end(child, 'SIGKILL')
      throw new Error(`${name} did not come up; the end of ${logPath}:\n${await lastLines(logPath)}`, { cause })
    }
  }

  await start()
  return {
    name,
    url,
    port,
    folder,
    logPath,
    get pid() {
      return child?.pid
    },
    start,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

async function end(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child?.pid === undefined) return
  const exited = once(child, 'exit')
  child.kill(signal)
  // One that was stopped in the middle hears no word.
  child.kill('SIGCONT')
  const patience = globalThis.setTimeout(() => child.kill('SIGKILL'), stopsWithinMs)
  await exited
  clearTimeout(patience)
}

/** In a session of its own: a Ctrl-C is for whoever started it, who then ends it in good order. */
function launch({ program, args }: EngineProgram, folder: string, logPath: string): ChildProcess {
  const log = openSync(logPath, 'a')
  try {
    return spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

async function greeted({ name, greet }: EngineProgram, child: ChildProcess): Promise<void> {
  await once(child, 'spawn')
  const deadline = performance.now() + comesUpWithinMs
  for (;;) {
    try {
      await greet()
      return
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} ended`, { cause: error })
      if (performance.now() > deadline) throw error
    }
    await setTimeout(50)
  }
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8')
  return text.trimEnd().split('\n').slice(-20).join('\n')
}
