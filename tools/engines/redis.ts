import { once } from 'node:events'
import { connect } from 'node:net'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { engineHome } from './engine-home.ts'
import type { Engine, EngineOptions, EngineSettings } from './engine.ts'
import { findProgram } from './find-program.ts'
import { startEngine } from './start-engine.ts'

const server = { name: 'redis-server', debianPackage: 'redis-server', homebrewPackage: 'redis' }

/** What deploy/compose.yaml sets too. */
export const redisSettings: EngineSettings = {
  // Kept from one start to the next, but for the last second before a crash: read models can be made again from the history.
  appendonly: 'yes',
  save: '',
}

/** Starts a Redis. */
export async function startRedis(options: EngineOptions = {}): Promise<Engine> {
  const program = await prepareRedis()
  const home = await engineHome('redis', options)
  const { folder, port } = home
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  const all = { bind: '127.0.0.1', port, dir: data, ...redisSettings, ...options.settings }
  return startEngine(home, {
    name: 'Redis',
    url: `redis://127.0.0.1:${port}`,
    program,
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]),
    greet: () => greet(port),
  })
}

/** Answers the path of the server, installed where that is possible. */
export function prepareRedis(): Promise<string> {
  return findProgram(server)
}

async function greet(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, timeout: 1000 })
  socket.once('timeout', () => socket.destroy(new Error('no answer within a second')))
  try {
    socket.write('PING\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    // While it loads what it stored, it says -LOADING.
    if (!answer.toString().startsWith('+PONG')) throw new Error(`it answers ${answer.toString().trim()}`)
  } finally {
    socket.destroy()
  }
}
