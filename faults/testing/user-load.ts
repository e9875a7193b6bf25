import assert from 'node:assert/strict'
import { sendUntilAnswered, type Endpoint, type HttpAnswer, type HttpCommand } from './api.ts'
import type { Acknowledged } from './check-shop.ts'
import { Gate } from './gate.ts'
import { userTypeOf, type User } from './user.ts'

/** A command that was acknowledged: what was sent, what was answered, what must follow from it. */
export interface Done {
  readonly command: HttpCommand
  readonly answer: HttpAnswer
  readonly effect: Acknowledged
}

/** Clients at work. */
export interface UserLoad {
  /** Every command, when all are acknowledged. */
  readonly finished: Promise<readonly Done[]>
  /** Resolves at the moment when so many commands are acknowledged. */
  reached(count: number): Promise<void>
  /** Lets clients begin so many commands, where they wait to be let. */
  allow(count: number): void
  /** From now on new commands go to these. */
  turnTo(endpoints: readonly Endpoint[]): void
  /** How many tries got no decision up to now; of the acknowledged commands, how many were sent again, and had taken effect before. */
  readonly counts: { readonly failures: number; readonly sentAgain: number; readonly replayed: number }
}

export interface UserLoadOptions {
  readonly users: number
  readonly clients: number
  /** How long one command may take in all. */
  readonly deadlineMs: number
  /** Clients begin so many commands, and wait for `allow` then; all of them unless told. */
  readonly allowed?: number
}

/** Commands between the creation of a user and its deletion: more than there are clients, so that lives of the shop may lie between. */
const deletedAfter = 150

/**
 * Creates users over HTTP with many clients at once and deletes every third of them, each command until it is acknowledged. Commands
 * go to the endpoints in turn, and on to the next where they get no answer.
 */
export function startUserLoad(endpoints: readonly Endpoint[], options: UserLoadOptions): UserLoad {
  const { users, clients, deadlineMs, allowed = Infinity } = options
  const gate = new Gate(allowed)
  const done: Done[] = []
  const created = Array.from({ length: users }, () => Promise.withResolvers<User>())
  const reached = new Gate(0)
  const counts = { failures: 0, sentAgain: 0, replayed: 0 }
  let asked = endpoints
  let sent = 0

  async function perform(command: HttpCommand, effectOf: (answer: HttpAnswer) => Acknowledged): Promise<User> {
    const { tries, ...answer } = await sendUntilAnswered(inTurn(asked, sent++), command, {
      deadlineMs,
      onFailure: () => counts.failures++,
    })
    if (tries > 1) counts.sentAgain++
    if (answer.isReplayed) counts.replayed++
    const effect = effectOf(answer)
    done.push({ command, answer, effect })
    reached.openUpTo(done.length)
    return effect.user
  }

  async function create(n: number): Promise<void> {
    const body = { name: `Person ${n}`, email: `person-${n}@example.com`, user_type_id: userTypeOf(n) }
    const command = { method: 'POST', path: '/users', body, key: `create-${n}` } as const
    const effectOf = (answer: HttpAnswer): Acknowledged => {
      assert.equal(answer.status, 201, command.key)
      return { event: 'UserCreated', user: { id: Number(answer.body['user_id']), ...body } }
    }
    created[n]!.resolve(await perform(command, effectOf))
  }

  async function remove(n: number): Promise<void> {
    const user = await created[n]!.promise
    const command = { method: 'DELETE', path: `/users/${user.id}`, key: `delete-${n}` } as const
    await perform(command, (answer) => {
      assert.deepEqual([answer.status, answer.body], [200, { deleted: true }], command.key)
      return { event: 'UserDeleted', user }
    })
  }

  // One iterator for all clients: each takes what is next.
  const work = plan(users).entries()
  const client = async () => {
    for (const [i, { kind, n }] of work) {
      await gate.pass(i + 1)
      await (kind === 'create' ? create(n) : remove(n))
    }
  }
  return {
    finished: Promise.all(Array.from({ length: clients }, client)).then(() => done),
    reached: (count) => reached.pass(count),
    allow: (count) => gate.openUpTo(count),
    turnTo: (others) => void (asked = others),
    counts,
  }
}

/** The same endpoints, beginning with another one. */
function inTurn(endpoints: readonly Endpoint[], first: number): readonly Endpoint[] {
  const at = first % endpoints.length
  return [...endpoints.slice(at), ...endpoints.slice(0, at)]
}

interface Step {
  readonly kind: 'create' | 'delete'
  readonly n: number
}

function plan(users: number): readonly Step[] {
  const steps: Step[] = []
  const removeEarlier = (n: number) => {
    if (n >= 0 && n < users && n % 3 === 0) steps.push({ kind: 'delete', n })
  }
  for (let n = 0; n < users; n++) {
    steps.push({ kind: 'create', n })
    removeEarlier(n - deletedAfter)
  }
  for (let n = users - deletedAfter; n < users; n++) removeEarlier(n)
  return steps
}

/** How many commands a load of so many users is. */
export const commandsOf = (users: number): number => plan(users).length
