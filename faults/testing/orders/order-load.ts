import assert from 'node:assert/strict'
import { sendUntilAnswered, type Endpoint } from '../api.ts'
import { Gate } from '../gate.ts'
import type { Random } from '../random.ts'
import type { AcknowledgedCommand } from './evidence.ts'
import { createProduct, createUser, randomCommand, setStock, type ExpectingCommand } from './random-command.ts'
import { World } from './world.ts'

/** Clients at work. */
export interface OrderLoad {
  /** What was acknowledged, when every command is decided. */
  readonly finished: Promise<readonly AcknowledgedCommand[]>
  /** Resolves at the moment when so many commands are decided. */
  reached(count: number): Promise<void>
  /** Lets clients begin so many commands, where they wait to be let. */
  allow(count: number): void
  /** Of the decided commands, how many were refused, and how many sent again. */
  readonly counts: { readonly refused: number; readonly sentAgain: number; readonly replayed: number }
}

export interface OrderLoadOptions {
  readonly commands: number
  readonly clients: number
  readonly random: Random
  /** How long one command may take in all. */
  readonly deadlineMs: number
  /** Clients begin so many commands, and wait for `allow` then; all of them unless told. */
  readonly allowed?: number
}

const atFirst = { users: 4, products: 6 }

/**
 * Many clients send commands by chance about the same few users, products and orders, each until it is decided. Commands go to the
 * endpoints in turn, and on to the next if one does not answer.
 */
export function startOrderLoad(endpoints: readonly Endpoint[], options: OrderLoadOptions): OrderLoad {
  const { commands, clients, random, deadlineMs, allowed = Infinity } = options
  const gate = new Gate(allowed)
  const world = new World(random)
  const decided = new Gate(0)
  const acknowledged: AcknowledgedCommand[] = []
  const counts = { refused: 0, sentAgain: 0, replayed: 0 }
  let [sent, answered] = [0, 0]

  async function perform({ command, effectOf }: ExpectingCommand): Promise<void> {
    await gate.pass(sent + 1)
    const first = sent++ % endpoints.length
    const order = [...endpoints.slice(first), ...endpoints.slice(0, first)]
    const { tries, ...answer } = await sendUntilAnswered(order, command, { deadlineMs })
    if (tries > 1) counts.sentAgain++
    if (answer.isReplayed) counts.replayed++
    if (answer.status < 300) acknowledged.push(effectOf(answer))
    else {
      assert.ok([404, 409].includes(answer.status), `${command.key}: ${answer.status} ${JSON.stringify(answer.body)}`)
      counts.refused++
    }
    decided.openUpTo(++answered)
  }

  const work = Array.from({ length: commands }, (_, i) => `command-${i}`).values()
  const client = async () => {
    for (const key of work) await perform(randomCommand({ random, world, key }))
  }
  const begin = async () => {
    for (let i = 0; i < atFirst.users; i++) await perform(createUser({ random, world, key: `user-${i}` }))
    for (let i = 0; i < atFirst.products; i++) {
      await perform(createProduct({ random, world, key: `product-${i}` }))
      await perform(setStock({ random, world, key: `stock-${i}` }))
    }
    await Promise.all(Array.from({ length: clients }, client))
    return acknowledged
  }
  return {
    finished: begin(),
    reached: (count) => decided.pass(count),
    allow: (count) => gate.openUpTo(count),
    counts,
  }
}
