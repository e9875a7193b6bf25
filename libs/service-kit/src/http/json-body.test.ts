import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Type from 'typebox'
import { startServer } from './testing/start-server.ts'

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

describe('a body', () => {
  for (const [what, body, status] of [
    ['32 levels deep', nested(32), 200],
    ['33 levels deep', nested(33), 413],
    ['33 levels deep, of objects too', '{"a":'.repeat(20) + nested(13) + '}'.repeat(20), 413],
    ['wide, and never deep', `[${'[],{},'.repeat(999)}[]]`, 200],
    ['of more than 2,000 values', `[${'{},'.repeat(2_000)}{}]`, 413],
    ['of commas in a text', JSON.stringify({ text: ','.repeat(3_000) }), 200],
    ['of brackets in a text', JSON.stringify({ text: '[{'.repeat(100) }), 200],
    ['of brackets in a text with quotes and backslashes', JSON.stringify({ text: '"["{\\'.repeat(100) }), 200],
    ['deep after a text that ends with a backslash', `["\\\\",${nested(32)}]`, 413],
  ] as const)
    test(`${what} is ${status === 200 ? 'read' : 'too large'}`, async (t) => {
      const { url } = await startServer(t, (server) =>
        server.post('/', { config: { access: 'public' } }, async ({ body: read }) => ({ read })),
      )
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const told = (await answer.json()) as Readonly<Record<string, unknown>>
      assert.equal(answer.status, status)
      if (status === 200) assert.deepEqual(told, { read: JSON.parse(body) })
      else assert.deepEqual([told['code'], told['status']], ['BODY_TOO_LARGE', 413])
    })

  const json = { 'content-type': 'application/json' }
  const config = { access: 'public' } as const

  test('that is empty is none: a DELETE may name its content type', async (t) => {
    const { url } = await startServer(t, (server) =>
      server.delete('/', { config }, async ({ body }) => ({ read: body ?? null })),
    )
    const answer = await fetch(url, { method: 'DELETE', headers: json })
    assert.deepEqual([answer.status, await answer.json()], [200, { read: null }])
  })

  test('that is empty is malformed if the route takes one', async (t) => {
    const schema = { body: Type.Object({}) }
    const { url } = await startServer(t, (server) => server.post('/', { config, schema }, async () => ({})))
    const answer = await fetch(url, { method: 'POST', headers: json })
    const told = (await answer.json()) as Readonly<Record<string, unknown>>
    assert.deepEqual([answer.status, told['code']], [400, 'BODY_MALFORMED'])
  })
})
