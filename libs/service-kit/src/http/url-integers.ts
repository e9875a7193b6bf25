import type { HttpServer } from './http-server.ts'
import { runFirst } from './run-first.ts'

/**
 * All that stands in a URL is text. Where a route declares a path or query parameter as an integer, its digits become one before the
 * schema is checked. Ajv's own coercion is off: it would also make a number of "0x1F" or "1e3", and of what a JSON body says in quotes.
 * What is not digits stays text, and the schema refuses it.
 */
export function readIntegersInUrls(server: HttpServer): void {
  server.addHook('onRoute', (route) => {
    const params = integerNames(route.schema?.params)
    const query = integerNames(route.schema?.querystring)
    if (params.length + query.length === 0) return
    runFirst(route, 'preValidation', (request, _reply, done) => {
      toIntegers(request.params, params)
      toIntegers(request.query, query)
      done()
    })
  })
}

function integerNames(schema: unknown): readonly string[] {
  const properties = (schema as { properties?: Record<string, { type?: unknown }> } | undefined)?.properties ?? {}
  return Object.keys(properties).filter((name) => properties[name]?.type === 'integer')
}

// One text for each number: no leading zeros.
const plainInteger = /^(0|-?[1-9]\d{0,15})$/

function toIntegers(values: unknown, names: readonly string[]): void {
  const record = values as Record<string, unknown>
  for (const name of names) {
    const text = record[name]
    if (typeof text === 'string' && plainInteger.test(text) && Number.isSafeInteger(Number(text)))
      record[name] = Number(text)
  }
}
