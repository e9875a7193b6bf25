import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifySchema, onRequestHookHandler } from 'fastify'
import type { HttpServer } from './http-server.ts'
import { InputError } from './input-error.ts'
import { problemMediaType, problemSchema, toProblem } from './problem.ts'
import { rateLimitHeaders } from './rate-limiter.ts'

/** What a service's reference says above its routes. */
export interface About {
  readonly title: string
  readonly description: string
  readonly version: string
}

/**
 * GET /openapi.json (OpenAPI 3.1, made from the routes' schemas) and GET /docs (the same, interactive, served from here). Both public.
 * Every operation gets the problem as its default answer; unless it is public, also the bearer token and the headers of a budget.
 */
export async function registerOpenapi(server: HttpServer, about: About, asPage: onRequestHookHandler): Promise<void> {
  server.addSchema(problemSchema)
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: about,
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    // Every shared schema has an id: Fastify takes no other.
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
    transform: ({ schema, url, route }) => ({ url, schema: described(schema, route.config?.access !== 'public') }),
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

function described(schema: FastifySchema | undefined, needsToken: boolean): FastifySchema {
  const common = needsToken ? rateLimitHeaders : {}
  const problem = problemAnswer(common)
  const answers = Object.entries((schema?.response ?? {}) as Readonly<Record<string, Answer>>)
  const response = answers.map(([status, one]) => {
    const answer = { ...one, headers: { ...one.headers, ...common } }
    return [status, Number(status) < 400 ? answer : orProblem(answer, problem)] as const
  })
  return {
    ...schema,
    ...(needsToken ? { security: [{ bearer: [] }] } : {}),
    response: { ...Object.fromEntries(response), default: problem },
  }
}

interface Answer {
  readonly headers?: object
  readonly content?: object
  readonly description?: string
  readonly examples?: readonly unknown[]
}

function problemAnswer(common: object) {
  const retryAfter = { type: 'integer', description: 'the seconds after which to try again, if that helps' }
  const example = toProblem(new InputError([{ field: 'id', message: 'must be >= 1' }]))
  return {
    description: 'An error',
    headers: { 'retry-after': retryAfter, ...common },
    content: { [problemMediaType]: { schema: { $ref: 'Problem#' }, example } },
  }
}

/** A status that a route has an answer of its own for: what fails before the route is reached has it too, as a problem. */
function orProblem({ headers, ...answer }: Answer, problem: ReturnType<typeof problemAnswer>): object {
  const { examples: [example] = [], ...schema } = answer
  const own = { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
  const { description = problem.description, content = own } = answer
  return { description, headers: { ...headers, ...problem.headers }, content: { ...content, ...problem.content } }
}
