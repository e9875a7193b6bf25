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
]

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
  return fc.oneof(...kinds.map((arbitrary) => ({ weight: 10, arbitrary })), { weight: 3, arbitrary: beside })
}

/** The n-th request of a seed. What it names of what is known may differ from run to run: answers come as they come. */
export function requestAt(requests: fc.Arbitrary<Request>, seed: number, n: number): Request {
  return fc.sample(requests, { seed: (seed + n) | 0, numRuns: 1 })[0]!
}
