import fc from 'fast-check'
import { almostValid } from './almost-valid.ts'
import type { ApiDocument } from './document.ts'
import { hostile } from './hostile.ts'
import type { Request } from './request.ts'
import { draftOf, written, type Site } from './valid.ts'

/** What is served beside the operations of the document. */
const undocumented = [
  '/',
  '/docs',
  '/docs/',
  '/docs/static/index.html',
  '/openapi.json',
  '/metrics',
  '/favicon.ico',
  '/docs/../x',
  '/docs/static/%00',
  '/docs/static/',
  '/docs/static/..%2f..%2fpackage.json',
  '/docs/static/%2e%2e/x',
  '/docs/static/%zz',
  '/docs/json',
  '/metrics?x=%00',
  '/style.css',
]

// More is made than is taken away.
const weights: Readonly<Record<string, number>> = { POST: 20, DELETE: 7 }

/** Requests of every operation: valid, almost valid and hostile ones. */
export function anyRequest({ operations }: ApiDocument, site: Site): fc.Arbitrary<Request> {
  const drafts = operations.map((operation) => draftOf(operation, site))
  const kinds = drafts.map((draft) =>
    fc.oneof(
      { weight: 7, arbitrary: draft.map((one) => written(one)) },
      { weight: 6, arbitrary: draft.chain(almostValid) },
      { weight: 6, arbitrary: draft.chain(hostile) },
    ),
  )
  const beside = fc.constantFrom(...undocumented).map((target): Request => {
    return { kind: 'beside the document', method: 'GET', target, headers: ['host: localhost'], isUndocumented: true }
  })
  const weighed = kinds.map((arbitrary, i) => ({ weight: weights[operations[i]!.method] ?? 10, arbitrary }))
  return fc.oneof(...weighed, { weight: 3, arbitrary: beside })
}

/** The n-th request of a seed. What it names of what is known may differ from run to run: answers come as they come. */
export function requestAt(requests: fc.Arbitrary<Request>, seed: number, n: number): Request {
  return fc.sample(requests, drawOf(seed, n))[0]!
}

/** How the n-th request is drawn; every fourth prefers bounds and small numbers. Seeds that are neighbours would draw alike. */
export function drawOf(seed: number, n: number) {
  return { seed: Math.imul((seed + n) | 0, 0x9e3779b1), numRuns: 1, unbiased: n % 4 !== 0 }
}
