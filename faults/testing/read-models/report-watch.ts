import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../../tools/testing/until.ts'
import type { Endpoint } from '../api.ts'

/** Asks for the reports all the time. */
export interface ReportWatch {
  readonly seen: { readonly answered: number; readonly refused: number; readonly slowestMs: number }
  /** Resolves when so many more were refused with 503; rejects if one was answered in another way, or not in time. */
  refusals(count: number): Promise<void>
  /** Rejects if one was answered otherwise than with 200 or 503, or not in time. Idempotent. */
  stop(): Promise<void>
}

// Redis has two seconds; the rest is for a busy machine.
const answerWithinMs = 5_000
const everyMs = 10

interface Question {
  readonly path: string
  /** Sent by POST; without one it is a GET. */
  readonly body?: string
}

const questions: readonly Question[] = [
  { path: '/orders/reports/highest-spenders' },
  { path: '/orders/reports/best-sellers' },
  {
    path: '/stocks/graphql-query',
    body: JSON.stringify({ query: '{ lowStock(threshold: 10) { items { id quantity } next } }' }),
  },
]

/** Each report is asked for as soon as it was answered. */
export function startReportWatch(endpoint: Endpoint): ReportWatch {
  const seen = { answered: 0, refused: 0, slowestMs: 0 }
  const stopping = new AbortController()
  const watch = async (question: Question) => {
    while (!stopping.signal.aborted) {
      const began = performance.now()
      const status = await ask(endpoint, question)
      seen.slowestMs = Math.max(seen.slowestMs, Math.round(performance.now() - began))
      if (status === 200) seen.answered++
      else seen.refused++
      await delay(everyMs)
    }
  }
  const watching = Promise.all(questions.map(watch))
  // Told to whom waits for it.
  watching.catch(() => undefined)
  return {
    seen,
    async refusals(count) {
      const before = seen.refused
      await Promise.race([until('reports are refused', () => seen.refused >= before + count), watching])
    },
    async stop() {
      stopping.abort()
      await watching
    },
  }
}

/** The status, which must be 200, or 503 with a problem that says when to come back. */
async function ask({ url, token }: Endpoint, { path, body }: Question): Promise<number> {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body ?? null,
    signal: AbortSignal.timeout(answerWithinMs),
  })
  const text = await response.text()
  if (response.status !== 200) {
    assert.equal(response.status, 503, `${path}: ${text}`)
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.ok(Number(response.headers.get('retry-after')) > 0, `${path}: no Retry-After`)
  }
  return response.status
}
