import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import Type from 'typebox'
import type { HttpServer } from './http-server.ts'
import { InputError } from './input-error.ts'
import { startServer } from './testing/start-server.ts'

const json = { 'content-type': 'application/json' }
const access = 'public' as const

const userSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 5 }),
    email: Type.String({ format: 'email' }),
    level: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)])),
    more: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  },
  { additionalProperties: false },
)

function declareUsers(server: HttpServer): void {
  server.post('/users', { config: { access }, schema: { body: userSchema } }, async (request, reply) =>
    reply.code(201).send(request.body),
  )
  server.get(
    '/users/:id',
    {
      config: { access },
      schema: {
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        querystring: Type.Object(
          { limit: Type.Integer({ default: 20, maximum: 100 }) },
          { additionalProperties: false },
        ),
      },
    },
    async ({ params, query }) => ({ id: params.id, limit: query.limit }),
  )
}

const post = (url: string, body: string, headers: Record<string, string> = json) =>
  fetch(`${url}/users`, { method: 'POST', headers, body })

describe('what is wrong with a request', () => {
  const problemOf = async (response: Response) => {
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/)
    const problem = (await response.json()) as {
      code: string
      status: number
      type: string
      errors?: { field: string; message: string }[]
    }
    assert.equal(problem.status, response.status)
    assert.equal(problem.type, `urn:magasin:error:${problem.code}`)
    return problem
  }

  test('is named field by field with the rule that it breaks, never with what was sent', async (t) => {
    const { url, log } = await startServer(t, declareUsers)
    const response = await post(url, '{"name":"Ada Lovelace","email":"ada at home","level":7,"age":"thirty-six"}')
    const problem = await problemOf(response)
    assert.equal(response.status, 422)
    assert.equal(problem.code, 'INPUT_INVALID')
    assert.deepEqual(problem.errors, [
      { field: 'age', message: 'is not a known field' },
      { field: 'name', message: 'must NOT have more than 5 characters' },
      { field: 'email', message: 'must match format "email"' },
      { field: 'level', message: 'must be 1 or 2 or 3' },
    ])
    assert.doesNotMatch(JSON.stringify(problem) + log.text(), /Lovelace|at home|thirty-six/)
  })

  test('is a field that is missing, or of another type: a body is taken as it is', async (t) => {
    const { url } = await startServer(t, declareUsers)
    assert.deepEqual((await problemOf(await post(url, '{"name":5}'))).errors, [
      { field: 'email', message: 'is required' },
      { field: 'name', message: 'must be string' },
    ])
    assert.deepEqual((await problemOf(await post(url, '[]'))).errors, [{ field: 'body', message: 'must be object' }])
    assert.deepEqual((await problemOf(await post(url, '{"name":"Ada","email":"a@b.ch","level":"1"}'))).errors, [
      { field: 'level', message: 'must be 1 or 2 or 3' },
    ])
    assert.deepEqual((await problemOf(await post(url, '{"name":"Ada","email":"a@b.ch","more":""}'))).errors, [
      { field: 'more', message: 'must be object or null' },
    ])
  })

  test('is listed up to a point', async (t) => {
    const { url } = await startServer(t, declareUsers)
    const many = Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`f${i}`, 1]))
    assert.equal((await problemOf(await post(url, JSON.stringify(many)))).errors?.length, 20)
  })

  test('is that a list has more than it may, before anything that is in it', async (t) => {
    const { url } = await startServer(t, (server) => {
      const items = Type.Array(Type.Object({ id: Type.Integer() }), { maxItems: 100 })
      server.post('/users', { config: { access }, schema: { body: Type.Object({ items }) } }, async () => 'done')
    })
    const answer = await post(url, `{"items":[${'0,'.repeat(1_500)}0]}`)
    const { code, errors = [] } = await problemOf(answer)
    assert.deepEqual([answer.status, code, errors.length], [422, 'INPUT_INVALID', 20])
    assert.deepEqual(errors[0], { field: 'items', message: 'must NOT have more than 100 items' })
  })

  test('is how much it is, also if it does not say how long it is', async (t) => {
    const { url } = await startServer(t, declareUsers)
    const body = new Blob([JSON.stringify({ name: 'x'.repeat(65_536) })]).stream()
    const answer = await fetch(`${url}/users`, { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit)
    assert.deepEqual([answer.status, (await problemOf(answer)).code], [413, 'BODY_TOO_LARGE'])
  })

  test('is told by a service in the same shape as by a schema', async (t) => {
    const { url } = await startServer(t, (server) =>
      server.get('/', { config: { access } }, async () => {
        throw new InputError([{ field: 'email', message: 'must have a domain' }])
      }),
    )
    assert.deepEqual((await problemOf(await fetch(url))).errors, [{ field: 'email', message: 'must have a domain' }])
  })

  const broken = [
    ['JSON that does not end', '{"name":', json, 400, 'BODY_MALFORMED'],
    ['no body where there must be one', '', json, 400, 'BODY_MALFORMED'],
    ['a body that would poison a prototype', '{"__proto__":{}}', json, 400, 'BODY_MALFORMED'],
    [
      'another content type',
      'name=Ada',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['text that may well be JSON', '{"name":"Ada"}', { 'content-type': 'text/plain' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    [
      'a field of 30 000 arrays in each other',
      `{"name":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      json,
      413,
      'BODY_TOO_LARGE',
    ],
    ['an end that never began', ']}', json, 400, 'BODY_MALFORMED'],
    ['more than 64 KiB', JSON.stringify({ name: 'x'.repeat(65_536) }), json, 413, 'BODY_TOO_LARGE'],
  ] as const
  for (const [title, body, headers, status, code] of broken)
    test(`is answered ${status} ${code} for ${title}`, async (t) => {
      const { url } = await startServer(t, declareUsers)
      const response = await post(url, body, headers)
      assert.deepEqual([response.status, (await problemOf(response)).code], [status, code])
    })

  for (const path of ['/nowhere', '/users', '/%zz', `/users/${'9'.repeat(200)}`])
    test(`is that nothing answers to GET ${path.slice(0, 12)}`, async (t) => {
      const { url } = await startServer(t, declareUsers)
      const response = await fetch(url + path)
      assert.deepEqual([response.status, (await problemOf(response)).code], [404, 'ROUTE_NOT_FOUND'])
    })

  const exchange = async (port: number, lines: readonly string[]) => {
    const socket = connect(port, '127.0.0.1')
    socket.write([...lines, 'connection: close', '', ''].join('\r\n'))
    const answer = await text(socket)
    const at = answer.lastIndexOf('\r\n\r\n')
    return { head: answer.slice(0, at), problem: JSON.parse(answer.slice(at)) as { code?: string } }
  }

  test('is answered even when the bytes are not HTTP', async (t) => {
    const { port } = await startServer(t, declareUsers)
    const socket = connect(port, '127.0.0.1').end('what is this\r\n\r\n')
    const answer = await text(socket)
    assert.match(answer, /^HTTP\/1\.1 400 /)
    assert.match(answer, /content-type: application\/problem\+json/)
    assert.equal((JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string }).code, 'BODY_MALFORMED')
  })

  for (const path of ['/docs/static/%00', '/docs/static/%2e%2e/x', '/docs/static/..'])
    test(`is that nothing answers to GET ${path}, and no failure of the service`, async (t) => {
      const { port, log } = await startServer(t, declareUsers)
      const { head, problem } = await exchange(port, [`GET ${path} HTTP/1.1`, 'host: x'])
      assert.match(head, /^HTTP\/1\.1 404 /)
      assert.equal(problem.code, 'ROUTE_NOT_FOUND')
      assert.deepEqual(
        log.lines.filter(({ level }) => Number(level) > 30),
        [],
      )
    })

  for (const path of ['/users/7', '/nowhere'])
    test(`is that GET ${path} names no host, which HTTP/1.0 does not ask for`, async (t) => {
      const { port } = await startServer(t, declareUsers)
      const { head, problem } = await exchange(port, [`GET ${path} HTTP/1.1`])
      assert.match(head, /^HTTP\/1\.1 400 [^]*\r\nx-request-id: /)
      assert.equal(problem.code, 'BODY_MALFORMED')
      assert.notEqual((await exchange(port, [`GET ${path} HTTP/1.0`])).problem.code, 'BODY_MALFORMED')
    })

  test('is that it expects what nobody here does, before anything is done', async (t) => {
    const { port } = await startServer(t, declareUsers)
    const { head, problem } = await exchange(port, ['GET /users/7 HTTP/1.1', 'host: x', 'expect: a miracle'])
    assert.match(head, /^HTTP\/1\.1 417 [^]*\r\nx-request-id: /)
    assert.equal(problem.code, 'EXPECTATION_FAILED')
    const asked = ['GET /users/7 HTTP/1.1', 'host: x', 'expect: 100-Continue']
    assert.match((await exchange(port, asked)).head, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  })

  test('is told to try again when a request did not arrive in time: a server that was stopped for a while is late itself', async (t) => {
    const { port } = await startServer(t, declareUsers, { deadlineMs: 50 })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /users HTTP/1.1\r\nhost: x\r\n')
    const answer = await text(socket)
    assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n[^]*\r\nretry-after: 1\r\n/)
    assert.match(answer, /"code":"DEADLINE_EXCEEDED"[^]*the request did not arrive in time/)
  })
})

describe('a number in an address', () => {
  const get = async (url: string, path: string) => {
    const response = await fetch(url + path)
    return response.status === 200 ? response.json() : response.status
  }

  test('reaches the handler as a number', async (t) => {
    const { url } = await startServer(t, declareUsers)
    assert.deepEqual(await get(url, '/users/42'), { id: 42, limit: 20 })
    assert.deepEqual(await get(url, '/users/42?limit=7'), { id: 42, limit: 7 })
  })

  test('is digits and nothing else', async (t) => {
    const { url } = await startServer(t, declareUsers)
    for (const path of [
      '0x2A',
      '1e3',
      '4.2',
      '0',
      '%2042',
      'abc',
      '42?limit=',
      '42?limit=101',
      '42?limit=1&limit=2',
      '42?other=1',
    ])
      assert.equal(await get(url, `/users/${path}`), 422, path)
  })
})

describe('a request', () => {
  const echo = (server: HttpServer) =>
    server.get('/echo/:id', { config: { access } }, async ({ id, traceparent }) => ({ id, traceparent }))
  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/echo/ada@example.com?token=mag_x`, { headers })
    return {
      header: response.headers.get('x-request-id'),
      ...((await response.json()) as { id: string; traceparent: string }),
    }
  }

  test('keeps the id that it came with, if that is a plain one, and gets a new one otherwise', async (t) => {
    const { url } = await startServer(t, echo)
    const kept = await ask(url, { 'x-request-id': 'abc-1.2_3' })
    assert.deepEqual([kept.id, kept.header], ['abc-1.2_3', 'abc-1.2_3'])
    for (const bad of ['ada@example.com', 'x'.repeat(65), '{"a":1}']) {
      const made = await ask(url, { 'x-request-id': bad })
      assert.match(made.id, /^[0-9a-f-]{36}$/)
      assert.equal(made.header, made.id)
    }
  })

  test('continues the trace that it came with', async (t) => {
    const { url } = await startServer(t, echo)
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const { traceparent } = await ask(url, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
    assert.match(traceparent, new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
  })

  test('is logged by its pattern: no address, no header, no body', async (t) => {
    const { url, server, log } = await startServer(t, echo)
    const { id } = await ask(url, { authorization: 'Bearer mag_y' })
    await fetch(`${url}/nowhere/ada@example.com`)
    await server.close()
    const answered = log.lines.filter(({ msg }) => msg === 'answered')
    assert.deepEqual(
      answered.map(({ method, route, status }) => [method, route, status]),
      [
        ['GET', '/echo/:id', 200],
        ['GET', 'none', 404],
      ],
    )
    assert.equal(answered[0]?.['requestId'], id)
    assert.doesNotMatch(log.text(), /ada@|mag_/)
  })
})
