import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { ErrorKind } from '@magasin/contracts/error-kinds'
import { errors } from '@magasin/contracts/errors'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { FastifySchema, onRequestHookHandler } from 'fastify'
import type { AccessRule } from './access.ts'
import type { HttpServer } from './http-server.ts'
import { InputError } from './input-error.ts'
import { problemMediaType, problemSchema, toProblem } from './problem.ts'
import { rateLimitHeaders } from './rate-limiter.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The errors with which this route refuses, beside those that any route may answer. */
    refuses?: readonly ErrorKind[]
  }
}

/** What a service's reference says above its routes. */
export interface About {
  readonly title: string
  readonly description: string
  readonly version: string
}

/**
 * GET /openapi.json (OpenAPI 3.1, made from the routes' schemas) and GET /docs (the same, interactive, served from here). Both public.
 * Every operation gets the problem as its default answer, with an example of each error that it may refuse with; unless it is public, also
 * the bearer token and the headers of a budget.
 */
export async function registerOpenapi(server: HttpServer, about: About, asPage: onRequestHookHandler): Promise<void> {
  server.addSchema(problemSchema)
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...about, description: `${about.description} ${ofErrors}` },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    // Every shared schema has an id: Fastify takes no other.
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
    transform: ({ schema, url, route }) => ({ url, schema: described(schema, route.config) }),
  })
  server.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => server.swagger())
  await server.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' }
    })
    scope.addHook('onRequest', asPage)
    await scope.register(swaggerUi, { routePrefix: '/docs', uiConfig: { layout: 'BaseLayout', tryItOutEnabled: true } })
  })
}

const ofErrors =
  'Whatever is refused is answered as a problem (RFC 9457); docs/reference/errors.md says of each code what happened and what to do.'

interface RouteConfig {
  readonly access?: AccessRule
  readonly refuses?: readonly ErrorKind[]
}

function described(schema: FastifySchema = {}, { access, refuses = [] }: RouteConfig = {}): FastifySchema {
  const needsToken = access !== 'public'
  const common = needsToken ? rateLimitHeaders : {}
  const takesInput = [schema.body, schema.params, schema.querystring, schema.headers].some((part) => part !== undefined)
  const refusals = [
    ...(takesInput ? [new InputError([{ field: 'id', message: 'must be >= 1' }])] : []),
    ...(needsToken ? ofCallers : []),
    ...refuses.map(exampleOf),
    ...(takesInput || needsToken ? [] : [exampleOf(errors.INTERNAL)]),
  ]
  const problem = problemAnswer(common, refusals)
  const problemOf = (status: number) =>
    problemAnswer(
      common,
      [...refusals, ...ofAnyRoute].filter(({ kind }) => kind.http?.status === status),
    )
  const answers = Object.entries((schema.response ?? {}) as Readonly<Record<string, Answer>>)
  const response = answers.map(([status, one]) => {
    const answer = { ...one, headers: { ...one.headers, ...common } }
    return [status, Number(status) < 400 ? answer : orProblem(answer, problemOf(Number(status)))] as const
  })
  return {
    ...schema,
    ...(needsToken ? { security: [{ bearer: [] }] } : {}),
    response: { ...Object.fromEntries(response), default: problem },
  }
}

/** An error of this kind, as it is shown; a true one says more. */
const exampleOf = (kind: ErrorKind): MagasinError => new MagasinError(kind, kind.http?.title ?? kind.code)

const ofAnyRoute = [errors.BODY_MALFORMED, errors.STARTING].map(exampleOf)

const ofCallers = [errors.UNAUTHENTICATED, errors.FORBIDDEN, errors.RATE_LIMITED].map(exampleOf)

interface Answer {
  readonly headers?: object
  readonly content?: object
  readonly description?: string
  readonly examples?: readonly unknown[]
}

function problemAnswer(common: object, refusals: readonly MagasinError[]) {
  const retryAfter = { type: 'integer', description: 'the seconds after which to try again, if that helps' }
  const examples = Object.fromEntries(refusals.map((refusal) => [refusal.code, { value: toProblem(refusal) }]))
  return {
    description: 'An error: its code says which',
    headers: { 'retry-after': retryAfter, ...common },
    content: { [problemMediaType]: { schema: { $ref: 'Problem#' }, examples } },
  }
}

/** A status that a route has an answer of its own for: what fails before the route is reached has it too, as a problem. */
function orProblem({ headers, ...answer }: Answer, problem: ReturnType<typeof problemAnswer>): object {
  const { examples: [example] = [], ...schema } = answer
  const own = { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
  const { description = problem.description, content = own } = answer
  return { description, headers: { ...headers, ...problem.headers }, content: { ...content, ...problem.content } }
}
