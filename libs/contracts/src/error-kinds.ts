/** How an error is answered over HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly title: string
  /** Seconds after which another try makes sense: every 503 has them. */
  readonly retryAfterS?: number
  /** What callers are told instead of the message and the facts, if those are for the operator: addresses, settings, reasons. */
  readonly detail?: string
}

/** All that hangs on an error code. This is the only list of codes: nobody keeps a second one by consequence. */
export interface ErrorKind<Code extends string = string> {
  readonly code: Code
  /** The same call can succeed later as it is. */
  readonly retryable: boolean
  /** An event that meets it is parked: trying again mends nothing. */
  readonly parks: boolean
  /** A service does not start with it: waiting mends nothing, and going on would make it worse. */
  readonly refusesStart: boolean
  /** How a process that it ends exits: 1 failed, 2 misused, 3 the history is incomplete. */
  readonly exitCode: 1 | 2 | 3
  /** Null for one that no caller caused or can mend: it is answered as INTERNAL, and told to the log only. */
  readonly http: HttpAnswer | null
}

/** A row of the table of codes; what is left out is `false`, 1 and null. */
export type ErrorRow = Partial<Omit<ErrorKind, 'code'>>

/** Makes the kinds of error from a table: each code one row with all that hangs on it. */
export function defineErrors<const Code extends string>(
  rows: Readonly<Record<Code, ErrorRow>>,
): { readonly [C in Code]: ErrorKind<C> } {
  const kinds = Object.entries<ErrorRow>(rows).map(([code, row]) => [code, { ...standard, ...row, code }])
  return Object.fromEntries(kinds) as { readonly [C in Code]: ErrorKind<C> }
}

const standard = { retryable: false, parks: false, refusesStart: false, exitCode: 1, http: null } as const
