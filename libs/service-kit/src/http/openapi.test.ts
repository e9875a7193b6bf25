import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Type from 'typebox'
import type { HttpServer } from './http-server.ts'
import { startServer } from './testing/start-server.ts'

interface Operation {
  readonly security?: unknown
  readonly responses: Record<
    string,
    { readonly content: Record<string, { readonly schema: unknown }>; readonly headers?: object }
  >
}

interface Document {
  readonly openapi: string
  readonly info: { readonly title: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: {
    readonly schemas: Record<string, { readonly properties: object }>
    readonly securitySchemes: object
  }
}

const declareRoutes = (server: HttpServer): void => {
  const response = { 200: Type.Object({ id: Type.Integer() }) }
  server.get('/public', { config: { access: 'public' }, schema: { response } }, async () => ({ id: 1 }))
  server.get(
    '/users/:id',
    { config: { access: { roles: ['manager'] } }, schema: { params: Type.Object({ id: Type.Integer() }), response } },
    async () => ({ id: 1 }),
  )
}

describe('the reference of a service', () => {
  test('is an OpenAPI 3.1 document of its routes, with the token and the problem', async (t) => {
    const { url } = await startServer(t, declareRoutes)
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
    assert.equal(document.openapi, '3.1.0')
    assert.equal(document.info.title, 'Test')
    assert.deepEqual(Object.keys(document.paths).sort(), ['/public', '/users/{id}'])
    assert.deepEqual(document.paths['/users/{id}']?.['get']?.security, [{ bearer: [] }])
    assert.equal(document.paths['/public']?.['get']?.security, undefined)
    assert.deepEqual(document.components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } })
    assert.deepEqual(
      document.paths['/public']?.['get']?.responses['default']?.content['application/problem+json']?.schema,
      {
        $ref: '#/components/schemas/Problem',
      },
    )
    assert.ok('code' in (document.components.schemas['Problem']?.properties ?? {}))
  })

  test('tells of the problem beside what a route itself answers when it refuses', async (t) => {
    const { url } = await startServer(t, (server) => {
      const refusal = Type.Object({ errors: Type.Array(Type.String()) })
      const schema = { response: { 200: Type.Object({}), 400: refusal } }
      server.post('/ask', { config: { access: 'public' }, schema }, async () => ({}))
    })
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document
    const { 200: done, 400: refused } = document.paths['/ask']!['post']!.responses
    assert.deepEqual(Object.keys(done!.content), ['application/json'])
    assert.deepEqual(Object.keys(refused!.content), ['application/json', 'application/problem+json'])
    assert.match(JSON.stringify(refused!.content['application/json']), /"errors":\{"type":"array"/)
  })

  test('says which headers an answer may have: its own, those of a budget unless it is public, and when to come back', async (t) => {
    const { url } = await startServer(t, (server) => {
      declareRoutes(server)
      const answer = Type.Array(Type.Integer(), { headers: { link: { type: 'string', description: 'the next page' } } })
      server.get('/pages', { config: { access: 'public' }, schema: { response: { 200: answer } } }, async () => [])
    })
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Document
    const of = (path: string, status: string) => Object.keys(paths[path]?.['get']?.responses[status]?.headers ?? {})
    assert.deepEqual(of('/pages', '200'), ['link'])
    assert.deepEqual(of('/pages', 'default'), ['retry-after'])
    assert.deepEqual(of('/users/{id}', '200'), ['ratelimit-policy', 'ratelimit'])
    assert.deepEqual(of('/users/{id}', 'default'), ['retry-after', 'ratelimit-policy', 'ratelimit'])
  })

  test('is a page that loads from here alone, over plain HTTP', async (t) => {
    const { url } = await startServer(t, declareRoutes)
    const page = await fetch(`${url}/docs`)
    const html = await page.text()
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'self'/)
    assert.doesNotMatch(policy, /upgrade-insecure-requests|https:|unsafe-eval/)
    assert.equal(page.headers.get('strict-transport-security'), null)
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!)
    assert.ok(parts.some((address) => address.endsWith('swagger-ui-bundle.js')))
    for (const address of parts) {
      const part = await fetch(new URL(address, page.url))
      assert.equal(part.status, 200, address)
      assert.equal(new URL(part.url).origin, url)
      await part.arrayBuffer()
    }
  })

  test('is not the only page: a route that says so is one', async (t) => {
    const { url } = await startServer(t, (server) => {
      server.get('/', { config: { access: 'public', page: true } }, (_request, reply) =>
        reply.type('text/html').send('<p>'),
      )
    })
    const { headers } = await fetch(url)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/)
    assert.equal(headers.get('x-frame-options'), 'SAMEORIGIN')
  })

  test('is a page and nothing else is: data is never a document', async (t) => {
    const { url } = await startServer(t, declareRoutes)
    for (const path of ['/public', '/nowhere', '/openapi.json']) {
      const { headers } = await fetch(url + path)
      assert.equal(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'")
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('cache-control'), 'no-store')
    }
  })
})
