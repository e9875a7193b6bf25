import fc from 'fast-check'
import { anyRequest, drawOf, requestAt } from './any-request.ts'
import type { Answer } from './answer.ts'
import { answerFaults } from './answer-faults.ts'
import type { ApiDocument, Operation } from './document.ts'
import { kindOf, type Known } from './known.ts'
import { parseJson } from './parse-json.ts'
import { bytesOf, describeRequest, type Request } from './request.ts'
import type { Tokens } from './valid.ts'
import { Wire, type NoAnswer } from './wire.ts'

/** Whom requests go to. */
export interface Asked {
  readonly url: string
  readonly document: ApiDocument
  readonly tokens: Tokens
  readonly known: Known
  /** How many commands it has recorded, if it records any. */
  readonly countCommands?: () => Promise<number>
}

export interface Extent {
  readonly count: number
  readonly seed: number
  /** How long an answer may take; beyond the deadline of the server unless told. */
  readonly patienceMs?: number
}

/** A fault, with the smallest request that was found to show it. */
export interface Found {
  readonly fault: string
  readonly kind: string
  readonly times: number
  readonly request: string
}

export interface Report {
  readonly faults: readonly Found[]
  /** By the name of each operation. */
  readonly reached: ReadonlyMap<string, { readonly asked: number; readonly succeeded: number }>
  readonly sent: number
  readonly slowestMs: number
  readonly slowest: string
  /** Answers by status. */
  readonly statuses: ReadonlyMap<string, number>
}

const width = 16
const tooManyFaults = 2_000
const mostShrunk = 15

interface Fault {
  readonly n: number
  readonly request: Request
  readonly fault: string
  times: number
}

/** Sends generated requests, some at a time, and looks at every answer. Ends early if nobody is there any more. */
export async function runRequests(asked: Asked, { count, seed, patienceMs = 15_000 }: Extent): Promise<Report> {
  const { document, tokens, known, countCommands } = asked
  const requests = anyRequest(document, { tokens, known, judgeOf: document.judgeOf })
  const wire = new Wire(asked.url, { patienceMs })
  const run = new Run(document.operations, known)
  try {
    let recorded = await countCommands?.()
    for (let n = 0; n < count && !run.isOver; n += width) {
      const numbers = Array.from({ length: Math.min(width, count - n) }, (_, i) => n + i)
      const batch = numbers.map((number) => ({ number, request: requestAt(requests, seed, number) }))
      const looked = run.healthOf(wire)
      const answers = await Promise.all(batch.map(({ request }) => run.timed(request, wire)))
      await looked
      batch.forEach(({ number, request }, i) => run.note(number, request, answers[i]!))
      if (countCommands === undefined || recorded === undefined) continue
      const before = recorded
      recorded = await countCommands()
      run.compare(
        recorded - before,
        batch.map(({ request }) => request),
        answers,
      )
    }
    const shrink = (fault: Fault) => smallest(requests, { wire, seed, fault, operations: document.operations })
    return await run.report(shrink)
  } finally {
    wire.close()
  }
}

/** What is seen while requests go out. */
class Run {
  readonly #operations: readonly Operation[]
  readonly #known: Known
  readonly #faults = new Map<string, Fault>()
  readonly #reached = new Map<string, { asked: number; succeeded: number }>()
  readonly #statuses = new Map<string, number>()
  #sent = 0
  #slowestMs = 0
  #slowest: Request | undefined
  #isGone = false

  constructor(operations: readonly Operation[], known: Known) {
    this.#operations = operations
    this.#known = known
    for (const { name } of operations) this.#reached.set(name, { asked: 0, succeeded: 0 })
  }

  get isOver(): boolean {
    return this.#isGone || [...this.#faults.values()].reduce((sum, { times }) => sum + times, 0) > tooManyFaults
  }

  async timed(request: Request, wire: Wire): Promise<Answer | NoAnswer> {
    const start = performance.now()
    const answer = await wire.exchange(request)
    const tookMs = performance.now() - start
    if (tookMs > this.#slowestMs) {
      this.#slowestMs = tookMs
      this.#slowest = request
    }
    return answer
  }

  /** Whether it says that it is well, while it is asked other things. */
  async healthOf(wire: Wire): Promise<void> {
    const request: Request = { kind: 'health', method: 'GET', target: '/health-check', headers: ['host: localhost'] }
    const answer = await this.timed(request, wire)
    if (typeof answer !== 'string' && answer.status === 200) return
    this.#add(-1, request, `it is not well: ${typeof answer === 'string' ? answer : answer.status}`)
  }

  note(n: number, request: Request, answer: Answer | NoAnswer): void {
    this.#sent++
    const told = typeof answer === 'string' ? answer : String(answer.status)
    this.#statuses.set(told, (this.#statuses.get(told) ?? 0) + 1)
    if (answer === 'nobody listens') this.#isGone = true
    for (const fault of answerFaults(request, answer, this.#operations)) this.#add(n, request, fault)
    const reached = this.#reached.get(request.operation?.name ?? '')
    if (reached === undefined || typeof answer === 'string') return
    reached.asked++
    if (answer.status < 200 || answer.status > 299) return
    reached.succeeded++
    this.#learn(request, answer)
  }

  #learn({ operation, target }: Request, { body }: Answer): void {
    const { path, method } = operation!
    const id = /\/(\d+)$/.exec(target)?.[1]
    if (method === 'DELETE' && id !== undefined) this.#known.forget(kindOf('id', path)!, Number(id))
    else this.#known.learn(path, parseJson(body))
  }

  /** Every command that was recorded has an answer that says so: what was refused changed nothing. */
  compare(grown: number, requests: readonly Request[], answers: readonly (Answer | NoAnswer)[]): void {
    const told = answers.filter((answer) => typeof answer !== 'string' && isRecorded(answer)).length
    if (told === grown) return
    const refused = requests
      .filter((_, i) => !isSuccess(answers[i]!))
      .map((request) => describeRequest(request).slice(0, 300))
    const request = { ...requests[0]!, kind: `a batch in which were refused\n${refused.join('\n')}\n` }
    this.#add(-1, request, `${grown} commands were recorded, ${told} answers say so`)
  }

  #add(n: number, request: Request, fault: string): void {
    // What is odd about the bytes is the same fault whatever operation they name.
    const where = request.isAlone === true ? 'any' : (request.operation?.name ?? 'none')
    const key = `${fault} of ${where} with ${request.kind.replaceAll(/\d+/g, 'n').slice(0, 60)}`
    const known = this.#faults.get(key)
    if (known === undefined) this.#faults.set(key, { n, request, fault, times: 1 })
    else known.times++
  }

  async report(shrink: (fault: Fault) => Promise<Request>): Promise<Report> {
    const faults: Found[] = []
    for (const [i, fault] of [...this.#faults.values()].entries()) {
      const isShrunk = fault.n >= 0 && i < mostShrunk && !this.#isGone
      const request = isShrunk ? await shrink(fault) : fault.request
      faults.push({ fault: fault.fault, kind: request.kind, times: fault.times, request: describeRequest(request) })
    }
    const slowest = this.#slowest === undefined ? '' : `${this.#slowest.kind}: ${describeRequest(this.#slowest)}`
    return {
      faults,
      reached: this.#reached,
      sent: this.#sent,
      slowestMs: this.#slowestMs,
      slowest,
      statuses: this.#statuses,
    }
  }
}

const isSuccess = (answer: Answer | NoAnswer): boolean => typeof answer !== 'string' && answer.status < 300

/** It says that it recorded something, and for the first time. */
const isRecorded = ({ status, headers }: Answer): boolean =>
  status < 300 && headers.has('consistency-token') && !headers.has('idempotency-replayed')

interface Shrinking {
  readonly wire: Wire
  readonly seed: number
  readonly fault: Fault
  readonly operations: readonly Operation[]
}

/** The smallest request with this fault that is found in a short time; the one that was sent if it does not come again. */
async function smallest(
  requests: fc.Arbitrary<Request>,
  { wire, seed, fault, operations }: Shrinking,
): Promise<Request> {
  let found = fault.request
  const isWell = async (request: Request) => {
    const isSame = answerFaults(request, await wire.exchange(request), operations).includes(fault.fault)
    if (isSame && bytesOf(request).length < bytesOf(found).length) found = request
    return !isSame
  }
  const property = fc.asyncProperty(requests, isWell)
  await fc.check(property, { ...drawOf(seed, fault.n), interruptAfterTimeLimit: 3_000 })
  return found
}

/** In sentences: every fault, and every operation that was asked too little or never with success. */
export function reportFaults({ faults, reached }: Report, leastAsked: number): readonly string[] {
  return [
    ...faults.map(({ fault, kind, times, request }) => `${fault}, ${times} times; ${kind}: ${request}`),
    ...[...reached].flatMap(([name, { asked, succeeded }]) => [
      ...(asked < leastAsked ? [`${name} was asked ${asked} times, ${leastAsked} are too few`] : []),
      ...(succeeded === 0 ? [`${name} never answered with success`] : []),
    ]),
  ]
}
