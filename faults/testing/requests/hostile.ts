import fc from 'fast-check'
import { brokenBodies } from './hostile-bodies.ts'
import { hostileHeads } from './hostile-heads.ts'
import { hostileTargets } from './hostile-targets.ts'
import type { Request } from './request.ts'
import { written, type Draft } from './valid.ts'

/** The draft, made into what no client sends by mistake. */
export function hostile(draft: Draft): fc.Arbitrary<Request> {
  const base = written(draft)
  return fc.oneof(
    { weight: 4, arbitrary: brokenBodies(base) },
    { weight: 3, arbitrary: hostileHeads(base) },
    { weight: 3, arbitrary: hostileTargets(base) },
    { weight: 1, arbitrary: wrongTokens(base) },
    { weight: 1, arbitrary: oddMethods(base) },
    { weight: 1, arbitrary: cut(base) },
  )
}

function wrongTokens(base: Request): fc.Arbitrary<Request> {
  const others = base.headers.filter((line) => !line.startsWith('authorization'))
  const held = base.headers.find((line) => line.startsWith('authorization')) ?? 'authorization: Bearer x'
  const wrong = [
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer mag_x',
    `Bearer ${'x'.repeat(9_000)}`,
    'Bearer é',
    'Bearer a b',
    'bearer',
    'null',
  ]
  const lines = [
    ...wrong.map((value) => [`authorization: ${value}`]),
    [held, held],
    [held, 'authorization: Bearer x'],
    [`${held}, Bearer x`],
  ]
  return fc.constantFrom(...lines).map((added) => ({ ...base, kind: 'a wrong token', headers: [...others, ...added] }))
}

function oddMethods(base: Request): fc.Arbitrary<Request> {
  const methods = [
    'HEAD',
    'OPTIONS',
    'PATCH',
    'TRACE',
    'PROPFIND',
    'QUERY',
    'SEARCH',
    'PUT',
    'DELETE',
    'POST',
    'CONNECT',
    'FOO',
    'get',
    'GET',
  ]
  return fc.constantFrom(...methods).map((method) => ({
    ...base,
    kind: `the method ${method}`,
    operation: method === base.method ? base.operation : undefined,
    method,
    isAlone: true,
    // Node closes the connection of who asks for a tunnel.
    mayBeUnanswered: method === 'CONNECT',
  }))
}

function cut(base: Request): fc.Arbitrary<Request> {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  return share.map((cutAt) => ({ ...base, kind: 'cut in the middle', cutAt, isAlone: true, mayBeUnanswered: true }))
}
