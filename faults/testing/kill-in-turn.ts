import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'

/** What can be killed, and comes back where it was. */
export interface Victim {
  kill(): Promise<void>
  start(): Promise<void>
}

/** Who is killed at one moment: by a name, each looked for at that moment. */
export type KillRound = ReadonlyMap<string, () => Promise<Victim>>

/** Clients whose commands are dealt out. */
export interface DealtLoad {
  /** Lets clients begin so many commands in all. */
  allow(count: number): void
  /** Resolves at the moment when so many commands are decided. */
  reached(count: number): Promise<void>
}

export interface KillRun {
  /** Begun with no command allowed. */
  readonly load: DealtLoad
  /** How many the load has in all. */
  readonly commands: number
  readonly rounds: readonly KillRound[]
  readonly random: Random
}

/**
 * Kills in the middle of the load, one round after the other, and starts again what it killed. The commands are dealt out in equal
 * shares: while the last of those killed comes up again, the clients may finish the share and no more, so that there are commands for
 * every kill. Resolves with how many were killed.
 */
export async function killInTurn(t: Pick<TestContext, 'diagnostic'>, run: KillRun): Promise<number> {
  const { load, commands, rounds, random } = run
  const share = Math.ceil(commands / rounds.length)
  let count = 0
  for (const [i, round] of rounds.entries()) {
    load.allow((i + 1) * share)
    await load.reached(i * share + random.between(1, share >> 1))
    // Some commands later: in the middle of a commit, of an answer, of an e-mail.
    await delay(random.between(0, 10))
    const victims = new Set(await Promise.all([...round.values()].map((find) => find())))
    await Promise.all([...victims].map((victim) => victim.kill()))
    const began = performance.now()
    await Promise.all([...victims].map((victim) => delay(random.between(0, 500)).then(() => victim.start())))
    t.diagnostic(`killed ${[...round.keys()].join(' and ')}; back after ${Math.round(performance.now() - began)} ms`)
    count += victims.size
  }
  load.allow(Infinity)
  return count
}

/** What is killed in a run, by a name: how often, and how to find it. */
export type Kills = ReadonlyMap<string, { readonly times: number; readonly find: () => Promise<Victim> }>

/** Every kill of a run, in an order by chance, one or two at a time and never the same name twice at a time. */
export function chooseRounds(kills: Kills, random: Random): readonly KillRound[] {
  const left = [...kills].flatMap(([name, { times }]) => Array.from({ length: times }, () => name))
  const rounds: Map<string, () => Promise<Victim>>[] = []
  while (left.length > 0) {
    const name = left.splice(random.between(0, left.length - 1), 1)[0]!
    const { find } = kills.get(name)!
    const last = rounds.at(-1)
    if (last?.size === 1 && !last.has(name) && random.between(1, 2) === 1) last.set(name, find)
    else rounds.push(new Map([[name, find]]))
  }
  return rounds
}
