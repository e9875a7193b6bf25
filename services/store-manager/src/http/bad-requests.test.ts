import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { startStore, type Answer, type RunningStore, type SendOptions } from '../testing/start-store.ts'

// Told apart from everything that an answer may say: where one of them is in an error, a person's value was told.
const name = 'Wilhelmina Quartz'
const email = 'wilhelmina@quartz.example'

let running: RunningStore
const cleanUp: (() => unknown)[] = []
before(async () => {
  running = await startStore({ after: (done) => cleanUp.unshift(done) })
})
after(async () => {
  for (const done of cleanUp) await done()
})

/** What an error tells that it must not: a value that was sent. Undefined where it tells nothing. */
function leakIn(text: string): string | undefined {
  return /wilhelmina|quartz/i.exec(text)?.[0]
}

/** Sends what must be refused, and sees that it is: as a problem that tells nobody's values, with nothing recorded. */
async function refused(request: string, options: SendOptions, expected: { status: number; code: string }) {
  const recorded = await running.countEvents()
  const answer = await running.send(request, options)
  assert.equal(answer.status, expected.status, answer.text)
  assert.equal(answer.body['code'], expected.code)
  assert.equal(answer.body['status'], expected.status)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(leakIn(answer.text), undefined)
  assert.equal(await running.countEvents(), recorded, 'nothing is recorded')
  return answer
}

const fieldsOf = ({ body }: Answer) => [
  ...new Set((body['errors'] as readonly { readonly field: string }[]).map(({ field }) => field)),
]

describe('a user with', () => {
  const bad: readonly [what: string, body: unknown, field: string][] = [
    ['no name', { email }, 'name'],
    ['a name that is null', { name: null, email }, 'name'],
    ['a name that is a number', { name: 5, email }, 'name'],
    ['a name that is a list', { name: [name], email }, 'name'],
    ['an empty name', { name: '', email }, 'name'],
    ['a blank name', { name: ' \u00a0\u3000', email }, 'name'],
    ['a line break in the name', { name: `${name}\r\nBcc: all`, email }, 'name'],
    ['a NUL in the name', { name: `${name}\0`, email }, 'name'],
    ['an escape sequence in the name', { name: `\u001b[2J${name}`, email }, 'name'],
    ['half of a surrogate pair in the name', { name: `${name}\ud800`, email }, 'name'],
    ['a name of 201 characters', { name: name.padEnd(201, '.'), email }, 'name'],
    ['no e-mail', { name }, 'email'],
    ['an e-mail that is null', { name, email: null }, 'email'],
    ['an e-mail that is an object', { name, email: { address: email } }, 'email'],
    ['an empty e-mail', { name, email: '' }, 'email'],
    ['an e-mail without an @', { name, email: 'wilhelmina.quartz.example' }, 'email'],
    ['an e-mail with two @', { name, email: 'wilhelmina@quartz@example.com' }, 'email'],
    ['an e-mail without a dot in its domain', { name, email: 'wilhelmina@quartz' }, 'email'],
    ['an e-mail with an empty label', { name, email: 'wilhelmina@quartz..example' }, 'email'],
    ['an e-mail with a space', { name, email: 'wilhelmina quartz@example.com' }, 'email'],
    ['an e-mail with a name around it', { name, email: `${name} <${email}>` }, 'email'],
    ['two e-mails', { name, email: `${email},${email}` }, 'email'],
    ['a line break in the e-mail', { name, email: `${email}\r\nBcc: x@y.example` }, 'email'],
    ['half of a surrogate pair in the e-mail', { name, email: `\udc00${email}` }, 'email'],
    ['an e-mail of 255 characters', { name, email: email.padStart(255, 'w') }, 'email'],
    ['the type 0', { name, email, user_type_id: 0 }, 'user_type_id'],
    ['the type 4', { name, email, user_type_id: 4 }, 'user_type_id'],
    ['the type "1"', { name, email, user_type_id: '1' }, 'user_type_id'],
    ['the type 1.5', { name, email, user_type_id: 1.5 }, 'user_type_id'],
    ['the type null', { name, email, user_type_id: null }, 'user_type_id'],
    ['the type true', { name, email, user_type_id: true }, 'user_type_id'],
    ['a field that nobody knows', { name, email, is_admin: true }, 'is_admin'],
    ['an id of its own', { id: 7, name, email }, 'id'],
  ]
  for (const [what, body, field] of bad)
    test(`${what} is refused: 422, and the field is named`, async () => {
      const answer = await refused('POST /users', { body }, { status: 422, code: 'INPUT_INVALID' })
      assert.deepEqual(fieldsOf(answer), [field])
    })

  test('several faults is told all of them at once', async () => {
    const body = { name: '', email: 'wilhelmina', user_type_id: 9, more: 1 }
    const answer = await refused('POST /users', { body }, { status: 422, code: 'INPUT_INVALID' })
    assert.deepEqual(fieldsOf(answer).toSorted(), ['email', 'more', 'name', 'user_type_id'])
  })
})

describe('a body', () => {
  const unreadable = ['', '{', `{"name":"${name}","email":"${email}"`, `{"name":"${name}",}`, 'name=Ada', '\u0000']
  for (const text of unreadable)
    test(`of ${JSON.stringify(text).slice(0, 40)} is no JSON: 400`, async () => {
      await refused('POST /users', { text }, { status: 400, code: 'BODY_MALFORMED' })
    })

  for (const body of [null, [], [{ name, email }], 'Ada', 5, true, {}])
    test(`of ${JSON.stringify(body)} is no user: 422`, async () => {
      await refused('POST /users', { body }, { status: 422, code: 'INPUT_INVALID' })
    })

  for (const key of ['__proto__', 'constructor'])
    test(`that would reach into a prototype by ${key} is refused: 400`, async () => {
      const text = `{"name":"${name}","email":"${email}","${key}":{"prototype":{"isAdmin":true}}}`
      await refused('POST /users', { text }, { status: 400, code: 'BODY_MALFORMED' })
    })

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data',
    'json',
  ])
    test(`said to be ${type} is not read: 415`, async () => {
      const text = JSON.stringify({ name, email })
      const headers = { 'content-type': type }
      await refused('POST /users', { text, headers }, { status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' })
    })

  test('of more than 64 KiB is not read: 413', async () => {
    const body = { name: name.padEnd(64 * 1024, '.'), email }
    await refused('POST /users', { body }, { status: 413, code: 'BODY_TOO_LARGE' })
  })

  test('whose one field has 10 MB is not read: 413, and the next request is answered', async () => {
    const body = { name: name.padEnd(10_000_000, '.'), email }
    await refused('POST /users', { body }, { status: 413, code: 'BODY_TOO_LARGE' })
    assert.equal((await running.send('GET /users')).status, 200)
  })
})

describe('an address', () => {
  const noIds = [
    '',
    '0',
    '-1',
    'abc',
    '1e3',
    '1.5',
    '0x1',
    '%31%00',
    '%00',
    '%20',
    '007',
    '9007199254740992',
    '9'.repeat(90),
    '1,2',
  ]
  for (const method of ['GET', 'DELETE'])
    for (const id of noIds)
      test(`${method} /users/${id} holds no id: 422`, async () => {
        const answer = await refused(`${method} /users/${id}`, {}, { status: 422, code: 'INPUT_INVALID' })
        assert.deepEqual(fieldsOf(answer), ['id'])
      })

  for (const [query, field] of [
    ['after=-1', 'after'],
    ['after=x', 'after'],
    ['after=1.5', 'after'],
    ['after=', 'after'],
    ['after=9007199254740992', 'after'],
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['name=Ada', 'name'],
  ] as const)
    test(`GET /users?${query} asks for no page: 422`, async () => {
      const answer = await refused(`GET /users?${query}`, {}, { status: 422, code: 'INPUT_INVALID' })
      assert.deepEqual(fieldsOf(answer), [field])
    })

  for (const request of [
    'GET /nowhere',
    'PUT /users/1',
    'PATCH /users/1',
    'DELETE /users',
    'POST /users/1',
    'GET /users/1/wilhelmina',
    'GET //users',
    'GET /Users',
    'GET /users/%zz',
    `GET /users/${'9'.repeat(200)}`,
  ])
    test(`that nothing answers to is told so: ${request.slice(0, 40)} is 404`, async () => {
      await refused(request, {}, { status: 404, code: 'ROUTE_NOT_FOUND' })
    })
})

describe('an error', () => {
  test('that told a value which was sent would be caught', () => {
    assert.equal(leakIn(`{"detail":"${name} is taken"}`), 'Wilhelmina')
    assert.equal(leakIn('{"detail":"ask QUARTZ.example"}'), 'QUARTZ')
  })

  test('about an address that is taken tells neither who has it nor who wanted it', async () => {
    await running.createUser({ name, email })
    const body = { name: `${name} II`, email: email.toUpperCase() }
    await refused('POST /users', { body }, { status: 409, code: 'EMAIL_TAKEN' })
  })
})

describe('any JSON at all', () => {
  const almost = fc.record(
    {
      name: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.jsonValue()),
      email: fc.oneof(fc.emailAddress(), fc.string(), fc.jsonValue()),
      user_type_id: fc.oneof(fc.constantFrom(1, 2, 3), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const bodies = fc.oneof({ weight: 4, arbitrary: almost }, { weight: 1, arbitrary: fc.jsonValue() })

  test('is created with exactly one event or refused without one, and never a failure', async () => {
    let created = 0
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const recorded = await running.countEvents()
        const { status, body: answer, text } = await running.send('POST /users', { body })
        // 400: a member called __proto__, which no JSON of ours may hold.
        assert.ok([201, 400, 409, 422].includes(status), text)
        assert.equal((await running.countEvents()) - recorded, status === 201 ? 1 : 0)
        if (status !== 201) return
        created++
        const sent = body as Record<string, unknown>
        const read = await running.send(`GET /users/${Number(answer['user_id'])}`)
        assert.deepEqual(read.body, { id: answer['user_id'], user_type_id: 1, ...sent })
      }),
      { numRuns: 300 },
    )
    assert.ok(created > 0, 'some of it was a user')
  })
})
