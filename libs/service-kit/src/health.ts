import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'

/** Something that the service needs, and how to ask whether it is there. */
export interface HealthCheck {
  /** A key of the answer: `database:store`, `log`. One check has it. */
  readonly name: string
  /** Without a required one the service is `unavailable`; without another, `degraded`. */
  readonly required: boolean
  /** Throws if it is not there. The signal aborts at the deadline; then the check has failed, even if it goes on. */
  readonly check: (signal: AbortSignal) => Promise<void>
}

export interface HealthReport {
  readonly status: 'ready' | 'degraded' | 'unavailable'
  readonly checks: Readonly<Record<string, CheckResult>>
}

export interface CheckResult {
  /** `starting`: it is expected, and was never there yet. */
  readonly status: 'ok' | 'failed' | 'starting'
  /** Why it failed; INTERNAL if the check threw anything but a MagasinError. */
  readonly code?: string
}

/** What a service says of itself. */
export interface Health {
  /** Names what is still being opened, so that the service is not called ready before it is there: `add` under this name ends that. Throws if it is taken. */
  expect(check: Pick<HealthCheck, 'name' | 'required'>): void
  /** Throws if there is a check of this name: one of the two would not be seen. */
  add(check: HealthCheck): void
  /** Runs all checks side by side, each under the deadline. Never throws. */
  report(): Promise<HealthReport>
  /** From now on `unavailable`. A service that stops says so first: a load balancer then sends it nothing new. */
  stopping(): void
}

/** No check yet: ready. Each check has two seconds, or what `deadlineMs` says. */
export function createHealth(options: { readonly deadlineMs?: number } = {}): Health {
  const { deadlineMs = 2_000 } = options
  const added = new Map<string, HealthCheck>()
  const expected = new Map<string, ExpectedCheck>()
  let isStopping = false
  return {
    expect: (check) => {
      refuseIfIn([expected, added], check.name)
      expected.set(check.name, check)
    },
    add: (check) => {
      refuseIfIn([added], check.name)
      expected.delete(check.name)
      added.set(check.name, check)
    },
    stopping: () => void (isStopping = true),
    report: async () => {
      const checks = [...expected.values(), ...added.values()]
      const results = await Promise.all(checks.map((check) => resultOf(check, deadlineMs)))
      const missing = checks.filter((_check, i) => results[i]?.status !== 'ok')
      return {
        status: isStopping ? 'unavailable' : statusOf(missing),
        checks: Object.fromEntries(checks.map(({ name }, i) => [name, results[i]!])),
      }
    },
  }
}

function refuseIfIn(taken: readonly ReadonlyMap<string, unknown>[], name: string): void {
  if (taken.some((names) => names.has(name))) throw new Error(`there is a health check called ${name} already`)
}

type ExpectedCheck = Pick<HealthCheck, 'name' | 'required'> & { readonly check?: undefined }

function statusOf(missing: readonly Pick<HealthCheck, 'required'>[]): HealthReport['status'] {
  if (missing.length === 0) return 'ready'
  return missing.some(({ required }) => required) ? 'unavailable' : 'degraded'
}

async function resultOf({ check }: HealthCheck | ExpectedCheck, deadlineMs: number): Promise<CheckResult> {
  if (check === undefined) return { status: 'starting' }
  const abort = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new MagasinError('DEADLINE_EXCEEDED', `no answer within ${deadlineMs} ms`)
    abort.abort(error)
    late.reject(error)
  }, deadlineMs)
  try {
    await Promise.race([check(abort.signal), late.promise])
    return { status: 'ok' }
  } catch (error) {
    return { status: 'failed', code: isMagasinError(error) ? error.code : 'INTERNAL' }
  } finally {
    clearTimeout(timer)
  }
}
