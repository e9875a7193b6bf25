import { MagasinError } from '@magasin/contracts/magasin-error'
import type { HttpServer } from './http-server.ts'

// No body of ours has more than four. 64 KiB of brackets nest so deep that whatever walks a value by calling itself runs out of stack.
const maxDepth = 32
// The largest body of ours, an order of a hundred lines, has some 300. Each of 20 000 things that are wrong costs a message.
const maxValues = 2_000

/**
 * Reads bodies of JSON as Fastify does, but for those that are nested too deep or have too many values: BODY_TOO_LARGE, before anything
 * is made of them.
 * An empty one is no body if the route takes none: many clients name the content type with everything that they send, a DELETE too.
 */
export function readJsonBodies(server: HttpServer): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' && request.routeOptions.schema?.body === undefined) done(null)
    else if (isTooMuch(text))
      done(
        new MagasinError(
          'BODY_TOO_LARGE',
          `the body is nested deeper than ${maxDepth} levels, or has more than ${maxValues} values`,
        ),
      )
    else void parse(request, text, done)
  })
}

/** Whether arrays and objects stand in each other too deep, or too much stands beside each other; what stands in strings does not count. */
function isTooMuch(text: string): boolean {
  let depth = 0
  let values = 1
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) isInString = !isInString
    else if (isInString) i += code === backslash ? 1 : 0
    else if (code === openBracket || code === openBrace) {
      if (++depth > maxDepth) return true
    } else if (code === closeBracket || code === closeBrace) depth--
    else if (code === comma && ++values > maxValues) return true
  }
  return false
}

const codeOf = (character: string): number => character.charCodeAt(0)
const quote = codeOf('"')
const backslash = codeOf('\\')
const comma = codeOf(',')
const openBracket = codeOf('[')
const closeBracket = codeOf(']')
const openBrace = codeOf('{')
const closeBrace = codeOf('}')
