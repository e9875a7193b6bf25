// A process for the tests of runProcess: what it does is its first argument, its exit code and its words are what is looked at.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createLogger } from '../../log/logger.ts'
import { runProcess, type Running } from '../run-process.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Stays alive like a service that listens. */
function service(stop: () => Promise<void> = async () => say('stopped')): Running {
  const alive = setInterval(() => {}, 60_000)
  say('started')
  return {
    stop: async () => {
      say('stopping')
      await stop()
      clearInterval(alive)
    },
  }
}

const starts: Readonly<Record<string, (signal: AbortSignal) => Promise<Running>>> = {
  clean: async () => service(),
  orphan: async () => service(),
  'slow to start': async () => {
    say('starting')
    const busy = setInterval(() => {}, 60_000)
    await once(process, 'SIGTERM')
    clearInterval(busy)
    return service()
  },
  'waits to start': async (signal) => {
    say('waiting')
    const busy = setInterval(() => {}, 60_000)
    await once(signal, 'abort')
    clearInterval(busy)
    throw signal.reason
  },
  'talks when told': async () => {
    process.once('message', () => process.stdout.write('talking\n', () => process.send?.('talked')))
    return service()
  },
  stubborn: async () => service(() => new Promise(() => {})),
  'fails to stop': async () => service(() => Promise.reject(new Error('cannot close'))),
  'port in use': async () => {
    throw new MagasinError('PORT_IN_USE', 'port 5000 is in use: set PORT')
  },
  'not found': async () => {
    throw new MagasinError('NOT_FOUND', 'there is no token 42')
  },
  unexpected: async () => {
    throw new TypeError('x is not a function\nand a second line')
  },
  crashes: async () => {
    setImmediate(() => {
      throw new Error('out of the blue')
    })
    return service()
  },
  'rejects unhandled': async () => {
    setImmediate(() => void Promise.reject(new Error('nobody waits')))
    return { ...service(), logger: createLogger({ service: 'fixture', level: 'info' }) }
  },
}

const [mode = '', graceMs = '10000'] = process.argv.slice(2)
if (mode === 'orphan') process.disconnect?.()
if (mode === 'launcher') launch()
else await runProcess(starts[mode]!, { graceMs: Number(graceMs) })

/** What the launcher does: a channel that carries nothing, and a word in the environment. */
function launch(): void {
  spawn(process.execPath, [import.meta.filename, 'clean'], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MAGASIN_LAUNCHER: '1' },
  })
}
