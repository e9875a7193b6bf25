/** For how long a server of MySQL or MariaDB is waited for. */
export interface MysqlLimits {
  /** For one statement that is no change of the schema; and how long a server may be silent while one is under way. */
  readonly queryMs: number
  /** Between two looks at a change of the schema that is under way. */
  readonly watchMs: number
  /** How long a change of the schema waits for another one before it says so. */
  readonly tellMs: number
}

export const defaultLimits: MysqlLimits = {
  // Past every deadline of ours.
  queryMs: 30_000,
  // Several looks before the server counts as silent: one that fails, because the server is full for a moment, does no harm.
  watchMs: 5_000,
  // Two instances that start together are done before; of a longer wait an operator wants to know.
  tellMs: 5_000,
}
