import type { User } from './user.ts'
import { until } from '../../tools/testing/until.ts'

/** Where a store is asked, and as whom. */
export interface Endpoint {
  readonly url: string
  readonly token: string
}

/** A command as it goes over the wire: sent again under its key it is the same command. */
export interface HttpCommand {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly key: string
}

export interface HttpAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** It had been given before. */
  readonly isReplayed: boolean
}

// Past the deadline of every request: a store that says nothing for so long is frozen.
const usualPatienceMs = 12_000

/** Sends a command once. Rejects where no answer comes back in time. */
export async function send(
  { url, token }: Endpoint,
  command: HttpCommand,
  { patienceMs = usualPatienceMs }: { readonly patienceMs?: number } = {},
): Promise<HttpAnswer> {
  const { method, path, body, key } = command
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'idempotency-key': key }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMs),
  })
  return {
    status: response.status,
    body: JSON.parse(await response.text()) as Record<string, unknown>,
    isReplayed: response.headers.get('idempotency-replayed') === 'true',
  }
}

export interface Persistence {
  /** How long a command may take in all. */
  readonly deadlineMs: number
  /** Told of each try that decided nothing. */
  readonly onFailure?: () => void
}

/**
 * Sends a command again and again, under the same key and to each of these in turn, until somebody has decided it: neither a lost
 * connection nor a 5xx has.
 */
export async function sendUntilAnswered(
  endpoints: readonly Endpoint[],
  command: HttpCommand,
  { deadlineMs, onFailure }: Persistence,
): Promise<HttpAnswer & { readonly tries: number }> {
  let answer: HttpAnswer | undefined
  let tries = 0
  const isDecided = async () => {
    answer = await send(endpoints[tries++ % endpoints.length]!, command).catch(undefinedIfLost)
    const isDecision = answer !== undefined && answer.status < 500
    if (!isDecision) onFailure?.()
    return isDecision
  }
  await until(`${command.method} under the key ${command.key} has an answer`, isDecided, { deadlineMs })
  return { ...answer!, tries }
}

/** Fetch throws a TypeError when no connection can be had, or one breaks, also in the middle of an answer. */
function undefinedIfLost(error: unknown): undefined {
  const isLate = error instanceof DOMException && error.name === 'TimeoutError'
  if (!isLate && !(error instanceof TypeError)) throw error
}

/** Every user that the API lists. */
export async function listUsers({ url, token }: Endpoint): Promise<readonly User[]> {
  const users: User[] = []
  for (let after: number | null = 0; after !== null;) {
    const headers = { authorization: `Bearer ${token}` }
    const response: Response = await fetch(`${url}/users?limit=200&after=${after}`, { headers })
    const page = (await response.json()) as { readonly users: readonly User[]; readonly next: number | null }
    users.push(...page.users)
    after = page.next
  }
  return users
}
