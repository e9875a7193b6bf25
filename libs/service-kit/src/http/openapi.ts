import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifySchema, onRequestHookHandler } from 'fastify'
import type { HttpServer } from './http-server.ts'
import { problemMediaType, problemSchema } from './problem.ts'

/** What a service's reference says above its routes. */
export interface About {
  readonly title: string
  readonly description: string
  readonly version: string
}

/**
 * GET /openapi.json (OpenAPI 3.1, made from the routes' schemas) and GET /docs (the same, interactive, served from here). Both public.
 * Every operation gets the problem as its default answer, and the bearer token unless it is public.
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

const asProblem = { [problemMediaType]: { schema: { $ref: 'Problem#' } } }

function described(schema: FastifySchema | undefined, needsToken: boolean): FastifySchema {
  const declared = Object.entries((schema?.response ?? {}) as Readonly<Record<string, object>>)
  const answers = declared.map(([status, answer]) => [status, Number(status) < 400 ? answer : orProblem(answer)])
  return {
    ...schema,
    ...(needsToken ? { security: [{ bearer: [] }] } : {}),
    response: { ...Object.fromEntries(answers), default: { description: 'An error', content: asProblem } },
  }
}

/** A status that a route has an answer of its own for: what fails before the route is reached has it too, as a problem. */
function orProblem(answer: { readonly content?: object; readonly description?: string }): object {
  const { description = 'An error' } = answer
  const content = answer.content ?? { 'application/json': { schema: answer } }
  return { description, content: { ...content, ...asProblem } }
}
