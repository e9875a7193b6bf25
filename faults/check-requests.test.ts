import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { anyRequest, requestAt } from './testing/requests/any-request.ts'
import { readDocument } from './testing/requests/document.ts'
import { Known } from './testing/requests/known.ts'
import { describeRequest, type Request } from './testing/requests/request.ts'
import { reportFaults, runRequests } from './testing/requests/run-requests.ts'
import { refused, startThingServer, thingApi, type Draft, type Plant } from './testing/requests/thing-server.ts'

const tokens = { manager: 'm', employee: 'e', client: 'c' }

/** What is found of a server of things. */
async function faultsOf(t: TestContext, plant: Plant, leastAsked = 10): Promise<readonly string[]> {
  const server = await startThingServer(t, plant)
  const report = await runRequests(
    { ...server, tokens, known: new Known() },
    { count: 500, seed: 1, patienceMs: 1_000 },
  )
  return reportFaults(report, leastAsked)
}

type Spoil = NonNullable<Plant['answer']>

/** Spoils the answers to one operation. */
const onList =
  (spoil: (draft: Draft) => ReturnType<Spoil>): Spoil =>
  (draft, { path, method }) =>
    path === '/things' && method === 'GET' && draft.status === 200 ? spoil(draft) : draft

const plants: readonly { readonly title: string; readonly plant: Plant; readonly says: RegExp }[] = [
  {
    title: 'breaks the schema of its success',
    plant: { answer: onList((draft) => ({ ...draft, body: { things: [{ id: '1' }] } })) },
    says: /^its 200 breaks the schema, .*GET \/things/m,
  },
  {
    title: 'sends what is no JSON',
    plant: { answer: onList((draft) => ({ ...draft, body: '{' })) },
    says: /^its 200 breaks the schema/m,
  },
  {
    title: 'breaks the schema of its errors',
    plant: { answer: (draft) => (draft.status < 400 ? draft : { ...draft, body: { status: draft.status } }) },
    says: /^its 4\d\d breaks the schema/m,
  },
  {
    title: 'refuses for a reason of the shop of which its document does not tell',
    plant: { answer: onList((draft) => ({ ...draft, ...refused(409), body: { status: 409, code: 'SKU_TAKEN' } })) },
    says: /^it answered SKU_TAKEN, of which the document does not tell/m,
  },
  {
    title: 'tells an error as a page',
    plant: { answer: (draft) => (draft.status < 400 ? draft : { ...draft, type: 'text/html' }) },
    says: /^the document describes no text\/html of a 4\d\d/m,
  },
  {
    title: 'has a status that nobody described',
    plant: { answer: onList((draft) => ({ ...draft, status: 202 })) },
    says: /^the document describes no application\/json of a 202/m,
  },
  {
    title: 'fails once',
    plant: { answer: (draft, { n, isHealth }) => (n === 300 && !isHealth ? refused(500) : draft) },
    says: /^it answered 500, 1 times/m,
  },
  {
    title: 'refuses for now and does not say until when',
    plant: { answer: onList(() => refused(503)) },
    says: /^it answered 503/m,
  },
  {
    title: 'says nothing once',
    plant: { answer: (draft, { n, isHealth }) => (n === 300 && !isHealth ? 'say nothing' : draft) },
    says: /^it has no answer: nothing came in time/m,
  },
  {
    title: 'hangs up once',
    plant: { answer: onList(() => 'hang up') },
    says: /^it has no answer: the connection was closed/m,
  },
  {
    title: 'dies',
    plant: { answer: (draft, { n }) => (n >= 300 ? 'die' : draft) },
    says: /^it has no answer: nobody listens/m,
  },
  {
    title: 'is not well while it is asked',
    plant: { answer: (draft, { n, isHealth }) => (isHealth && n > 200 && n < 300 ? refused(503) : draft) },
    says: /^it is not well: 503/m,
  },
  {
    title: 'takes what its document forbids in a body',
    plant: { isCareless: true },
    says: /^it answered 201 to what the document forbids, .*a body /m,
  },
  {
    title: 'takes what its document forbids in a path',
    plant: { isCareless: true },
    says: /^it answered 200 to what the document forbids, .*the path parameter id/m,
  },
  {
    title: 'takes what its document forbids in a query',
    plant: { isCareless: true },
    says: /^it answered 200 to what the document forbids, .*the query parameter limit/m,
  },
  {
    title: 'records what it refuses',
    plant: { recordsRefused: true },
    says: /^\d+ commands were recorded, \d+ answers say so/m,
  },
  {
    title: 'never does what it is asked',
    plant: { answer: onList(() => refused(404)) },
    says: /^GET \/things never answered with success$/m,
  },
]

describe('among generated requests is found a server that', () => {
  for (const { title, plant, says } of plants)
    test(title, async (t) => {
      assert.match((await faultsOf(t, plant)).join('\n'), says)
    })
})

test('a server that does as it says has no fault', async (t) => {
  assert.deepEqual(await faultsOf(t, {}), [])
})

test('a server that refuses for now, and says until when, has no fault', async (t) => {
  const pause = { ...refused(503), headers: { 'retry-after': '1' } }
  const answer: Spoil = (draft, { n, method, isHealth }) =>
    !isHealth && method === 'GET' && n % 9 === 7 ? pause : draft
  assert.deepEqual(await faultsOf(t, { answer }), [])
})

test('an operation that was asked too little is found', async (t) => {
  assert.match((await faultsOf(t, {}, 400)).join('\n'), /^GET \/health-check was asked \d+ times, 400 are too few$/m)
})

test('a fault is told with the smallest request that shows it', async (t) => {
  const answer: Spoil = (draft, { path }) => (/^\/things\/[^/]*7/.test(path) ? refused(500) : draft)
  const found = (await faultsOf(t, { answer })).find((fault) => fault.startsWith('it answered 500'))
  assert.match(found ?? '', /"GET \/things\/\S*7\S* HTTP/)
})

describe('the requests of a seed', () => {
  const drawn = (seed: number): readonly Request[] => {
    const document = readDocument(thingApi)
    const requests = anyRequest(document, { tokens, known: new Known(), judgeOf: document.judgeOf })
    return Array.from({ length: 6_000 }, (_, n) => requestAt(requests, seed, n))
  }

  test('are the same each time, and others than those of another seed', () => {
    const texts = (seed: number) => drawn(seed).map(describeRequest)
    assert.deepEqual(texts(5), texts(5))
    assert.notDeepEqual(texts(5), texts(1_000_000))
  })

  test('are of every kind', () => {
    const kinds = [...new Set(drawn(5).map(({ kind }) => kind))].join('\n')
    const expected = [
      'valid',
      'beside the document',
      'cut in the middle',
      'a wrong token',
      'a wrong media type',
      'any bytes',
      'a target with a trick',
      'the method \\w+',
      'nested 10000 deep',
      '64 KiB and 1',
      '64 KiB and -1',
      'HTTP/\\d.\\d',
      'framed by transfer-encoding: chunked',
      'the header expect: nonsense',
      'JSON that is cut',
      '0 hosts',

      'a body without name',
      'a body with a wrong size',
      'a body with "__proto__" as well',
      'a body with size twice',
      'the path parameter id',
      'the query parameter limit',
    ]
    for (const kind of expected) assert.match(kinds, new RegExp(`^${kind}$`, 'm'))
  })
})
