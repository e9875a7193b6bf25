import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { send, type Endpoint } from '../api.ts'
import { Gate } from '../gate.ts'
import { randomCommand, type CommandSource, type ExpectingCommand } from '../orders/random-command.ts'
import type { World } from '../orders/world.ts'
import type { Random } from '../random.ts'

/** Clients at work until they are stopped, of whom none may be let down. */
export interface SteadyLoad {
  /** Of commands and of other reads, in milliseconds. */
  readonly slowest: { readonly command: number; readonly read: number }
  /** Resolves when so many more commands are decided; rejects if one failed meanwhile. */
  more(commands: number): Promise<void>
  /** Resolves when nothing is under way; rejects if a command or a read failed. Idempotent. */
  stop(): Promise<void>
}

export interface SteadyLoadOptions {
  readonly random: Random
  readonly world: World
  /** Begins the keys of its commands, which no other load may have. */
  readonly name: string
  readonly next?: (source: CommandSource) => ExpectingCommand
}

const clients = 6
// Of each client, so that the machine has time for what is tested.
const everyMs = 15
const reads = ['/orders?limit=20', '/stocks?limit=20', '/products?limit=20', '/users?limit=20'] as const

/** Clients send commands, each once, and read other things than reports meanwhile. What fails, or is refused without a reason, fails the load. */
export function startSteadyLoad(endpoint: Endpoint, options: SteadyLoadOptions): SteadyLoad {
  const { random, world, name, next = randomCommand } = options
  const decisions = new Gate(0)
  const slowest = { command: 0, read: 0 }
  const stopping = new AbortController()
  let decided = 0

  const timed = async <T>(kind: keyof typeof slowest, work: Promise<T>): Promise<T> => {
    const began = performance.now()
    const answer = await work
    slowest[kind] = Math.max(slowest[kind], Math.round(performance.now() - began))
    return answer
  }
  const perform = async (key: string) => {
    const { command, effectOf } = next({ random, world, key })
    const answer = await timed('command', send(endpoint, command))
    assert.ok(
      answer.status < 300 || [404, 409].includes(answer.status),
      `${key}: ${answer.status} ${JSON.stringify(answer.body)}`,
    )
    if (answer.status < 300) effectOf(answer)
    decisions.openUpTo(++decided)
  }
  const client = async (number: number) => {
    for (let i = 0; !stopping.signal.aborted; i++) {
      await perform(`${name}-${number}-${i}`)
      if (i % 4 === 0) await timed('read', read(endpoint, reads[random.between(0, reads.length - 1)]!))
      await delay(everyMs)
    }
  }
  const finished = Promise.all(Array.from({ length: clients }, (_, i) => client(i)))
  // Told to whom waits for it.
  finished.catch(() => undefined)
  return {
    slowest,
    more: (commands) => Promise.race([decisions.pass(decided + commands), finished.then(() => undefined)]),
    async stop() {
      stopping.abort()
      await finished
    },
  }
}

async function read({ url, token }: Endpoint, path: string): Promise<void> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(response.status, 200, `${path}: ${await response.text()}`)
}
