import type { Logger } from './logger.ts'

/** What runs until it is stopped. */
export interface Running {
  /** Where a crash is told; without it, on stderr. */
  readonly logger?: Logger
  /** Called once. */
  stop(): Promise<void>
}

export interface RunOptions {
  /** How long `stop` may take before the process ends without it; 10 000 by default. */
  readonly graceMs?: number
}

/**
 * The life of a process. Read the settings inside `start`: what it throws is told in one line, without a stack.
 * SIGINT, SIGTERM or the end of the launcher stop it once, exit code 0; a second signal ends it at once, 130 or 143.
 * A MagasinError at start exits 2 where the set-up is wrong, else 1; an unexpected error at any time exits 1.
 */
export async function runProcess(_start: () => Promise<Running>, _options: RunOptions = {}): Promise<void> {
  throw new Error('being written')
}
