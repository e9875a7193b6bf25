import fc from 'fast-check'
import type { Operation, Parameter } from './document.ts'
import { utf8, type Request } from './request.ts'
import { valueOf, type Sources } from './values.ts'

/** The tokens of those who ask, by role. */
export type Tokens = Readonly<Record<'manager' | 'employee' | 'client', string>>

export interface Site extends Sources {
  readonly tokens: Tokens
}

/** A request of an operation before it is written down: what an almost valid one changes. */
export interface Draft {
  readonly operation: Operation
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly headers: readonly string[]
}

/** Drafts of what the document allows, mostly by the manager. */
export function draftOf(operation: Operation, site: Site): fc.Arbitrary<Draft> {
  const { parameters, path, body } = operation
  return fc.record({
    operation: fc.constant(operation),
    params: parametersOf(parameters, 'path', { site, path }),
    query: parametersOf(parameters, 'query', { site, path }),
    body: body === undefined ? fc.constant(undefined) : valueOf(body, site, { path, name: '' }),
    headers: headersOf(operation, site.tokens),
  })
}

function parametersOf(all: readonly Parameter[], place: Parameter['in'], { site, path }: { site: Site; path: string }) {
  const here = all.filter((one) => one.in === place)
  const values = here.map(({ name, schema }) => [name, valueOf(schema, site, { path, name })] as const)
  const required = here.filter((one) => one.required === true || place === 'path').map(({ name }) => name)
  return fc.record(Object.fromEntries(values), { requiredKeys: required, noNullPrototype: true }) as fc.Arbitrary<
    Record<string, unknown>
  >
}

function headersOf({ parameters }: Operation, tokens: Tokens): fc.Arbitrary<readonly string[]> {
  const caller = fc.oneof(
    { weight: 14, arbitrary: fc.constant(tokens.manager) },
    { weight: 2, arbitrary: fc.constantFrom(tokens.employee, tokens.client) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
  const isOnce = parameters.some(({ name }) => name === 'idempotency-key')
  // Few enough that keys come again, with another body or the same.
  const key = isOnce ? fc.option(fc.nat(400), { freq: 4, nil: undefined }) : fc.constant(undefined)
  return fc
    .tuple(caller, key)
    .map(([token, n]) => [
      'host: localhost',
      ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
      ...(n === undefined ? [] : [`idempotency-key: key-${n}`]),
    ])
}

/** The draft on the wire. */
export function written(draft: Draft, kind = 'valid'): Request {
  const { operation, body, headers } = draft
  const text = body === undefined ? undefined : utf8(JSON.stringify(body))
  const lines = text === undefined ? headers : [...headers, 'content-type: application/json']
  return { kind, operation, method: operation.method, target: targetOf(draft), headers: lines, body: text }
}

/** The path with its parameters, and the query. */
export function targetOf({ operation, params, query }: Pick<Draft, 'operation' | 'params' | 'query'>): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const asked = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return asked.length === 0 ? path : `${path}?${asked.join('&')}`
}
