import assert from 'node:assert/strict'
import { test } from 'node:test'
import Type, { type TSchema } from 'typebox'
import { exampleFaults, type ReferenceDocument } from './example-faults.ts'
import { startServer } from './start-server.ts'

const id = (example?: unknown): TSchema =>
  Type.Integer({ minimum: 1, ...(example === undefined ? {} : { examples: [example] }) })
const thing = (...examples: readonly unknown[]) =>
  Type.Object({ id: Type.Integer({ minimum: 1 }) }, examples.length === 0 ? {} : { examples: [...examples] })

/** What is found in the reference of a service that has one route. */
async function faultsOf(
  t: Parameters<typeof startServer>[0],
  schema: { readonly params: TSchema; readonly body: TSchema; readonly answer: TSchema },
): Promise<readonly string[]> {
  const { params, body, answer } = schema
  const { url } = await startServer(t, (server) =>
    server.put(
      '/things/:id',
      {
        config: { access: 'public' },
        schema: { params: Type.Object({ id: params }), body, response: { 200: answer } },
      },
      async () => ({ id: 1 }),
    ),
  )
  return exampleFaults((await (await fetch(`${url}/openapi.json`)).json()) as ReferenceDocument)
}

test('a reference whose examples are all there, and allowed, has no fault', async (t) => {
  assert.deepEqual(
    await faultsOf(t, { params: id(1), body: thing({ id: 1 }), answer: thing({ id: 1 }, { id: 2 }) }),
    [],
  )
})

test('a path, a body and an answer without an example are found', async (t) => {
  assert.deepEqual(await faultsOf(t, { params: id(), body: thing(), answer: thing() }), [
    'PUT /things/{id}: the parameter id has no example',
    'PUT /things/{id}: the body has no example',
    'PUT /things/{id}: the answer 200 has no example',
  ])
})

test('an example that its own schema refuses is found, be it one of several', async (t) => {
  assert.deepEqual(await faultsOf(t, { params: id(1), body: thing({ id: 0 }), answer: thing({ id: 1 }, { idd: 1 }) }), [
    'PUT /things/{id}: the body refuses {"id":0}',
    'PUT /things/{id}: the answer 200 refuses {"idd":1}',
  ])
})
