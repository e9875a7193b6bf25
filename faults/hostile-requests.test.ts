import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventTables } from '@magasin/event-log/event-table'
import { databaseFile } from '@magasin/host/open-own-database'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { storeManager } from '@magasin/store-manager/part'
import { UserType } from '@magasin/shop-contracts/user-types'
import { send } from './testing/api.ts'
import { chooseSeed } from './testing/random.ts'
import { readDocument, type OpenApi } from './testing/requests/document.ts'
import { Known } from './testing/requests/known.ts'
import { reportFaults, runRequests } from './testing/requests/run-requests.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { startShopProcess } from './testing/shop-process.ts'
import { createShopSite, type ShopSite } from './testing/shop-site.ts'

// So many take six seconds. Before a release: FAULTS_REQUESTS=50000 npm test faults/hostile-requests, a minute; FAULTS_SEED=N repeats a run.
const count = Number(process.env['FAULTS_REQUESTS'] ?? 3_000)

test('generated requests, valid, almost valid and hostile, find no 5xx, no answer beside the document and no crash', async (t) => {
  const seed = chooseSeed()
  const site = await openSite(t)
  const shop = await startShopProcess(site)
  const opened = shop.output()
  await createOthers(site)
  const callers = { client: await createCaller(site, 'client'), employee: await createCaller(site, 'employee') }
  const document = readDocument((await (await fetch(`${site.url}/openapi.json`)).json()) as OpenApi)
  const known = new Known(Object.values(callers).map(({ id }) => ({ kind: 'users', id })))
  const tokens = { manager: site.token, client: callers.client.token, employee: callers.employee.token }
  const countCommands = commandsOf(t, site)

  const start = performance.now()
  const report = await runRequests({ url: site.url, document, tokens, known, countCommands }, { count, seed })
  const seconds = ((performance.now() - start) / 1_000).toFixed(1)
  const statuses = [...report.statuses].map(([status, times]) => `${status}: ${times}`).toSorted()
  t.diagnostic(
    `${report.sent} requests in ${seconds} s, the slowest ${report.slowestMs.toFixed(0)} ms, FAULTS_SEED=${seed}`,
  )
  t.diagnostic(statuses.join(', '))
  t.diagnostic(`the slowest: ${report.slowest}`)
  for (const [name, { asked, succeeded }] of report.reached)
    t.diagnostic(`${name}: ${asked} asked, ${succeeded} with success`)

  const told = shop.output().slice(opened.length)
  const leastAsked = Math.floor(count / document.operations.length / 4)
  assert.deepEqual(reportFaults(report, leastAsked), [], `FAULTS_SEED=${seed} repeats it\n${told.slice(0, 4_000)}`)
  assert.equal(told, '', 'nothing is logged as an error')
  assert.equal(await shop.stop(), 0)
  const { code, output } = await runMagasin(site, ['doctor'])
  assert.equal(code, 0, output)
})

/** A shop that lets everybody ask as often as it likes. */
async function openSite(t: Parameters<typeof createShopSite>[0]): Promise<ShopSite> {
  const site = await createShopSite(t)
  return { ...site, env: { ...site.env, MAGASIN_RATE_LIMIT: '0', MAGASIN_RATE_LIMIT_ADDRESS: '0' } }
}

/** Small numbers are often asked to be deleted: they are those of users who hold no token. */
async function createOthers(site: ShopSite): Promise<void> {
  for (const n of Array(20).keys()) {
    const body = { name: `Person ${n}`, email: `person-${n}@others.example`, user_type_id: UserType.client }
    const { status } = await send(site, { method: 'POST', path: '/users', body, key: `other-${n}` })
    assert.equal(status, 201)
  }
}

async function createCaller(
  site: ShopSite,
  role: 'client' | 'employee',
): Promise<{ readonly id: number; readonly token: string }> {
  const body = { name: role, email: `${role}@callers.example`, user_type_id: UserType[role] }
  const answer = await send(site, { method: 'POST', path: '/users', body, key: role })
  const id = Number(answer.body['user_id'])
  const { code, stdout, stderr } = await runMagasin(site, ['token', 'create', '--user', String(id)])
  assert.equal(code, 0, stderr)
  return { id, token: stdout.trim() }
}

/** Counts the commands in the event table of a shop that runs: their numbers have no gap. */
function commandsOf(t: { after(done: () => unknown): void }, { dataDir }: ShopSite): () => Promise<number> {
  const database = openSqlite<EventTables>({ file: databaseFile(storeManager, dataDir), readOnly: true })
  t.after(() => database.close())
  return async () => {
    const { fn } = database.reader
    const row = await database.reader.selectFrom('events').select(fn.max('command_no').as('last')).executeTakeFirst()
    return Number(row?.last ?? 0)
  }
}
