import type { ErrorCode } from '@magasin/contracts/error-codes'
import type { HttpServer } from './http-server.ts'

/** Something that the service needs, and how to ask whether it is there. */
export interface HealthCheck {
  /** A key of the answer: `store`, `log`. */
  readonly name: string
  /** Without a required one the service is `unavailable`; without another, `degraded`. */
  readonly required: boolean
  /** Throws where it is not there. The signal aborts after two seconds. */
  readonly check: (signal: AbortSignal) => Promise<void>
}

export interface HealthReport {
  readonly status: 'ready' | 'degraded' | 'unavailable'
  readonly checks: Readonly<Record<string, { readonly status: 'ok' | 'failed'; readonly code?: ErrorCode }>>
}

/** What a service says of itself. */
export interface Health {
  add(check: HealthCheck): void
  /** Runs all checks side by side. */
  report(): Promise<HealthReport>
  /** From now on `unavailable`: said first when the service stops, so that nobody new is sent to it. */
  stopping(): void
}

/** No check yet: ready. */
export function createHealth(): Health {
  throw new Error('being written')
}

/**
 * GET /health-check: the process lives, always 200 `{status:"ok"}`.
 * GET /ready: 200 `ready` or `degraded`, 503 `unavailable`; both name each check. Both are public.
 */
export function registerHealthRoutes(_server: HttpServer, _health: Health): void {
  throw new Error('being written')
}
