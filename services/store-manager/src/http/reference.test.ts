import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import {
  exampleFaults,
  examplesIn,
  operationsOf,
  type Operation,
  type ReferenceDocument,
} from '@magasin/service-kit/testing/example-faults'
import { startStore, type RunningStore } from '../testing/start-store.ts'

const start = (t: TestContext): Promise<RunningStore> => startStore(t, { testRoutes: 'on' })

async function referenceOf({ url }: Pick<RunningStore, 'url'>): Promise<ReferenceDocument> {
  return (await (await fetch(`${url}/openapi.json`)).json()) as ReferenceDocument
}

/** What makes the things of the examples, each once: what is asked for comes after as many of these as it needs. */
const story = ['POST /users', 'POST /products', 'POST /stocks', 'POST /orders']

/** What is not asked for here: how the process is, which depends on where it runs, and its keys, which are made by chance. */
const notAsked = ['GET /ready', 'GET /.well-known/jwks.json']

/** What has to be there before an operation: nobody who has an open order can be deleted, and an order changes the stock. */
function before(name: string): readonly string[] {
  if (story.includes(name)) return story.slice(0, story.indexOf(name))
  return story.filter((earlier) => earlier !== 'POST /orders' || name.includes(' /orders'))
}

type Operations = ReadonlyMap<string, Operation>

/** Sends an operation as its examples show it. */
function sendAsShown({ send }: RunningStore, operations: Operations, name: string) {
  const { parameters = [], requestBody } = operations.get(name)!
  const inPath = (parameter: string) => String(parameters.find((one) => one.name === parameter)?.example)
  const [body] = examplesIn(requestBody?.content)
  const request = name.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => inPath(parameter))
  return send(request, body === undefined ? {} : { body })
}

describe('the reference', () => {
  test('has an example of every body and every answer, which its schema allows', async (t) => {
    const document = await referenceOf(await start(t))
    assert.ok(operationsOf(document).length > 20)
    assert.deepEqual(exampleFaults(document), [])
  })

  test('shows what a new store answers: each request as it stands there is answered as it stands there', async (t) => {
    const operations = new Map(operationsOf(await referenceOf(await start(t))))
    for (const [name, { responses }] of operations) {
      if (notAsked.includes(name)) continue
      await t.test(name, async (one) => {
        const store = await start(one)
        for (const earlier of before(name)) assert.ok((await sendAsShown(store, operations, earlier)).status < 300)
        await store.caughtUp()
        const answer = await sendAsShown(store, operations, name)
        const [example] = examplesIn(responses[answer.status]?.content)
        assert.deepEqual(answer.body, example)
        const headers = Object.keys(responses[answer.status]?.headers ?? {})
        const ofAll = (await store.send('GET /health-check')).headers
        const own = [...answer.headers.keys()].filter((header) => !ofAll.has(header))
        assert.deepEqual(
          own.filter((header) => !headers.includes(header)),
          [],
        )
      })
    }
  })
})
