import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import type { Command } from '@magasin/event-store/command'
import { userCaller } from '@magasin/service-kit/access'
import Type from 'typebox'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { until } from '../../../tools/testing/until.ts'
import { decodeConsistencyToken } from './consistency-token.ts'
import { onceOnlyHeaders, runCommand } from './run-command.ts'
import { startHost } from './start-host.ts'
import { libraryCatalogue } from './testing/library/contracts.ts'
import { lend } from './testing/library/loans.ts'
import { library, startLibrary } from './testing/library/service.ts'

const about = { title: 'A library', description: 'Lends books.', version: '0.0.0' }
const engines = { database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {} } as const
const nothing: Command<{ book: number; reader: string }> = {
  reads: [],
  decide: () => ({ events: [], answer: { book: 0, reader: 'nobody' } }),
}

/** A library whose desk lends books under a key; book 0 is none. */
async function openDesk(t: TestContext) {
  const dataDir = temporaryFolder(t)
  let arrived = 0
  const config = { ...engines, host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent' } as const
  const { signal } = new AbortController()
  const options = { name: 'library', parts: [library], catalogue: libraryCatalogue, about, config, signal }
  const running = await startHost(options, async (host) => {
    const { events } = await startLibrary(host)
    const body = Type.Object({ book: Type.Integer(), reader: Type.String() })
    const authenticate = async (token: string) => (token === 'of-ada' ? userCaller(1, 'librarian') : undefined)
    host.authenticateBy({ authenticate })
    host.server.post(
      '/desk',
      {
        config: { access: { roles: ['librarian'] } },
        schema: { headers: onceOnlyHeaders, body, response: { 200: body } },
      },
      (request, reply) => {
        arrived++
        return runCommand(events, request.body.book === 0 ? nothing : lend(request.body), { request, reply })
      },
    )
  })
  t.after(() => running.stop())
  const lendBook = async (book: number, key?: string, patience: AbortSignal | null = null) => {
    const headers = {
      authorization: 'Bearer of-ada',
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    }
    const body = JSON.stringify({ book, reader: 'Ada Lovelace' })
    const answer = await fetch(`${running.url}/desk`, { method: 'POST', headers, body, signal: patience })
    await answer.text()
    return { status: answer.status, token: answer.headers.get('consistency-token') }
  }
  return { url: running.url, lendBook, dataDir, arrived: () => arrived }
}

describe('the answer of a command', () => {
  test('says what was recorded, and says the same when it is repeated', async (t) => {
    const { lendBook } = await openDesk(t)
    const first = await lendBook(7, 'k-1')
    const [position, ...more] = decodeConsistencyToken(libraryCatalogue, first.token!)
    assert.deepEqual([position?.topic, position?.seq, more], ['loan-events', 1, []])
    assert.deepEqual(await lendBook(7, 'k-1'), first)
  })

  test('says nothing of it if nothing was recorded, or if it is a refusal', async (t) => {
    const { lendBook } = await openDesk(t)
    assert.deepEqual(await lendBook(0), { status: 200, token: null })
    await lendBook(7)
    assert.deepEqual(await lendBook(7), { status: 422, token: null })
  })

  test('has its headers in the reference', async (t) => {
    const { url } = await openDesk(t)
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      readonly paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>
    }
    const of = (path: string, status: string) => Object.keys(paths[path]!['post']!.responses[status]!.headers ?? {})
    const ofAll = ['ratelimit-policy', 'ratelimit']
    assert.deepEqual(of('/desk', '200'), ['consistency-token', 'idempotency-replayed', ...ofAll])
    assert.deepEqual(of('/desk', 'default'), ['retry-after', ...ofAll])
  })
})

test('a command whose caller hung up while it waited for the database is not carried out', async (t) => {
  const { lendBook, dataDir, arrived } = await openDesk(t)
  await lendBook(1)
  const database = new DatabaseSync(join(dataDir, `${library.database}.db`))
  t.after(() => database.close())
  database.exec('begin immediate')
  const impatient = new AbortController()
  const given = Array.from({ length: 20 }, (_, i) => lendBook(100 + i, undefined, impatient.signal).catch(() => 'gone'))
  await until('all of them wait', () => arrived() === 21)
  impatient.abort()
  assert.deepEqual(new Set(await Promise.all(given)), new Set(['gone']))
  // The server learns of it when their connections end.
  const patient = lendBook(2)
  await until('the next one waits', () => arrived() === 22)
  database.exec('commit')
  assert.equal((await patient).status, 200)
  assert.deepEqual(database.prepare('select count(*) as count from events').get(), { __proto__: null, count: 2 })
})
