import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { getIntrospectionQuery } from 'graphql'
import { engines } from '../../testing/engines.ts'
import type { RunningStore } from '../../testing/start-store.ts'

/** A store-manager for all tests of a describe, and a supplier who asks it. */
function supplierOf(start: (typeof engines)[number]['start']) {
  let running: RunningStore
  let token: string
  const cleanUp: (() => unknown)[] = []
  before(async () => {
    running = await start({ after: (done) => cleanUp.unshift(done) })
    token = (await running.store.tokens.create({ supplier: 'acme-toys' })).token
  })
  after(async () => {
    for (const done of cleanUp) await done()
  })
  return {
    running: () => running,
    async ask(query: string, more: object = {}) {
      await running.caughtUp()
      const { status, body } = await running.send('POST /stocks/graphql-query', { token, body: { query, ...more } })
      return { status, body, code: (body['errors'] as { extensions?: { code?: string } }[])?.[0]?.extensions?.code }
    },
  }
}

for (const { engine, skip, start } of engines)
  describe(`a query of the stock on ${engine}`, { skip }, () => {
    const { ask, running } = supplierOf(start)

    test('answers every field of a product, by variables', async () => {
      const id = String(await running().createProduct({ name: 'Sledge', sku: 'SLEDGE', price: 19.99, quantity: 7 }))
      const query =
        'query Q($id: String!) { product(id: $id) { id name sku price quantity } stockLevel(productId: $id) }'
      assert.deepEqual(await ask(query, { variables: { id }, operationName: 'Q' }), {
        status: 200,
        body: { data: { product: { id, name: 'Sledge', sku: 'SLEDGE', price: 19.99, quantity: 7 }, stockLevel: 7 } },
        code: undefined,
      })
    })

    for (const id of ['999999', 'x', '', '-1', '99999999999999999999'])
      test(`for the unknown product ${JSON.stringify(id)} answers null`, async () => {
        const { status, body } = await ask(
          'query ($id: String!) { product(id: $id) { id } stockLevel(productId: $id) }',
          {
            variables: { id },
          },
        )
        assert.deepEqual([status, body], [200, { data: { product: null, stockLevel: null } }])
      })

    test('pages what runs low by quantity, then id, with what nobody counted first', async (t) => {
      const { caughtUp, createProduct, send, store } = await start(t)
      const made = await send('POST /products', { body: { name: 'Uncounted', sku: 'UN', price: 1 } })
      const uncounted = Number(made.body['product_id'])
      const counted = [3, 1, 1].map((quantity) => createProduct({ quantity }))
      const expected = [uncounted, ...(await Promise.all(counted))].toSorted((a, b) => a - b)
      await createProduct({ quantity: 4 })
      const { token } = await store.tokens.create({ supplier: 'acme-toys' })
      await caughtUp()
      const seen: { id: string; quantity: number }[] = []
      let cursor: string | null = null
      do {
        const query =
          'query ($after: String) { lowStock(threshold: 3, first: 1, after: $after) { items { id quantity } next } }'
        const { body } = await send('POST /stocks/graphql-query', {
          token,
          body: { query, variables: { after: cursor } },
        })
        const page = (body['data'] as { lowStock: { items: typeof seen; next: string | null } }).lowStock
        seen.push(...page.items)
        cursor = page.next
      } while (cursor !== null)
      assert.deepEqual(
        seen.map(({ quantity }) => quantity),
        [0, 1, 1, 3],
      )
      assert.equal(seen[0]?.id, String(uncounted))
      assert.ok(Number(seen[1]?.id) < Number(seen[2]?.id))
      assert.deepEqual(
        seen.map(({ id }) => Number(id)).toSorted((a, b) => a - b),
        expected,
      )
    })

    test('sees the product that its caller made, with the token of that answer', async () => {
      const made = await running().send('POST /products', { body: { name: 'Just made', sku: 'JUST', price: 1 } })
      const query = `{ product(id: "${String(made.body['product_id'])}") { name quantity } }`
      const headers = { 'consistency-token': made.headers.get('consistency-token') ?? '' }
      const { body } = await running().send('POST /stocks/graphql-query', { headers, body: { query } })
      assert.deepEqual(body, { data: { product: { name: 'Just made', quantity: 0 } } })
    })
  })

describe('a query of the stock', () => {
  const { ask, running } = supplierOf(engines[0].start)

  const deep = `${'{a'.repeat(40)}${'}'.repeat(40)}`
  const aliased = (field: string, count: number) => Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')
  const aliases = (field: string) => `{ ${aliased(field, 1000)} }`
  const doubling = Array.from({ length: 20 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(
    ' ',
  )
  const refused: Readonly<Record<string, readonly [string, keyof typeof shopErrors]>> = {
    'a syntax error': ['{ product(', 'GRAPHQL_PARSE_FAILED'],
    'an unknown field': ['{ users { email } }', 'GRAPHQL_VALIDATION_FAILED'],
    'a mutation': ['mutation { a }', 'GRAPHQL_VALIDATION_FAILED'],
    'forty levels': [deep, 'GRAPHQL_TOO_COSTLY'],
    'three thousand levels': ['{a'.repeat(3000), 'GRAPHQL_TOO_COSTLY'],
    'a thousand aliases': [aliases('__typename'), 'GRAPHQL_TOO_COSTLY'],
    'a hundred looks at a product': [`{ ${aliased('stockLevel(productId: "1")', 100)} }`, 'GRAPHQL_TOO_COSTLY'],
    'a page of two hundred with thirty names each': [
      `{ lowStock(threshold: 9, first: 200) { items { ${aliased('name', 30)} } } }`,
      'GRAPHQL_TOO_COSTLY',
    ],
    'a page as long as a variable says with thirty names each': [
      `query ($n: Int!) { lowStock(threshold: 9, first: $n) { ...P } } fragment P on LowStock { items { ${aliased('name', 30)} } }`,
      'GRAPHQL_TOO_COSTLY',
    ],
    'fragments that double': [`{ ...F0 } ${doubling} fragment F20 on Query { __typename }`, 'GRAPHQL_TOO_COSTLY'],
    'a fragment in itself': [
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'more than 8,000 characters': [`{ __typename } #${'x'.repeat(8000)}`, 'GRAPHQL_TOO_COSTLY'],
    'a variable that is not there': ['query ($id: String!) { stockLevel(productId: $id) }', 'GRAPHQL_REQUEST_INVALID'],
  }
  for (const [what, [query, expected]] of Object.entries(refused))
    test(`with ${what} is refused by its code, with the status of its row`, async () => {
      const { status, code, body } = await ask(query)
      assert.deepEqual([status, code], [shopErrors[expected].http?.status, expected], JSON.stringify(body))
      assert.equal('data' in body, false)
    })

  test('is told which variable is wrong, and not what it sent in it', async () => {
    const query = 'query ($id: String!) { stockLevel(productId: $id) }'
    const { body, code } = await ask(query, { variables: { id: { of: 'Grace Hopper' } } })
    const [error] = body['errors'] as [{ message: string }]
    assert.deepEqual(
      [code, error.message],
      ['GRAPHQL_REQUEST_INVALID', 'the variable id is missing or does not fit its type'],
    )
    assert.doesNotMatch(JSON.stringify(body), /Grace/)
  })

  test('of which none has the name that is asked for is refused', async () => {
    const { status, code } = await ask('query A { stockLevel(productId: "1") }', { operationName: 'B' })
    assert.deepEqual([status, code], [400, 'GRAPHQL_REQUEST_INVALID'])
  })

  test('may ask for every field of two whole pages at once', async () => {
    const page = '{ items { id name sku price quantity } next }'
    const query = `{ a: lowStock(threshold: 9, first: 200) ${page} b: lowStock(threshold: 99, first: 200) ${page} }`
    const { status, body } = await ask(query)
    assert.deepEqual([status, body['errors']], [200, undefined])
  })

  test('may ask what can be asked', async () => {
    const { status, body } = await ask(getIntrospectionQuery())
    assert.deepEqual([status, body['errors']], [200, undefined])
  })

  test('with one wrong field answers the others, with 200', async () => {
    const { status, body, code } = await ask('{ lowStock(threshold: 1, first: 0) { next } stockLevel(productId: "x") }')
    assert.deepEqual([status, body['data'], code], [200, { lowStock: null, stockLevel: null }, 'INPUT_INVALID'])
  })

  test('of a cursor that is none is an error of its field', async () => {
    assert.equal((await ask('{ lowStock(threshold: 1, after: "x") { next } }')).code, 'INPUT_INVALID')
  })

  test('is refused to clients', async () => {
    const token = await running().tokenOf(await running().createUser())
    const { status } = await running().send('POST /stocks/graphql-query', { token, body: { query: '{ __typename }' } })
    assert.equal(status, 403)
  })
})
