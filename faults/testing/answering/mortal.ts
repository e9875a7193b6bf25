import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { plainEnvironment } from '../../../tools/testing/plain-environment.ts'
import { until } from '../../../tools/testing/until.ts'
import type { Moment } from './moments.ts'
import { tellPlace, type Place } from './place.ts'

/** A service of a test that is killed and started again. */
export interface Mortal {
  /** Every line that it has written in all its lives. */
  readonly told: readonly string[]
  /** Begins a life, which must not have begun. */
  start(place: Place, mode?: string): void
  /** Waits until it has told so much in this life; rejects if it ends before that. */
  works(count?: number): Promise<void>
  /** SIGKILL at the next such moment, or at once. Resolves when it is dead; rejects if it had ended by itself. */
  die(moment?: Moment | 'whenever'): Promise<void>
}

const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'magasin-compile-cache') }

export function createMortal(t: Pick<TestContext, 'after'>, name: 'asker' | 'answerer'): Mortal {
  const told: string[] = []
  let child: ChildProcess | undefined
  let isClosed = true
  let toldBefore = 0
  t.after(async () => {
    child?.kill('SIGKILL')
    await until(`the ${name} is gone`, () => isClosed)
  })

  const start = (place: Place, mode = '') => {
    const env = { ...plainEnvironment(), ...compileCache, ...tellPlace(place) }
    const life = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), mode], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child = life
    isClosed = false
    toldBefore = told.length
    let rest = ''
    life.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop()!
      told.push(...lines)
    })
    // What is written to one that has just ended is for nobody; `die` tells how it ended.
    life.stdin.on('error', () => undefined)
    life.once('close', () => (isClosed = true))
  }

  const works = async (count = 1) => {
    await until(`the ${name} is at work`, () => {
      if (told.length - toldBefore >= count) return true
      if (isClosed) throw new Error(`the ${name} ended by itself, with ${child?.exitCode}`)
      return false
    })
  }

  const die = async (moment: Moment | 'whenever' = 'whenever') => {
    if (moment === 'whenever') child!.kill('SIGKILL')
    else child!.stdin!.write(`${moment}\n`)
    await until(`the ${name} is dead: ${moment}`, () => isClosed, { everyMs: 2 })
    if (child!.signalCode !== 'SIGKILL') throw new Error(`the ${name} had ended by itself, with ${child!.exitCode}`)
  }

  return { told, start, works, die }
}
