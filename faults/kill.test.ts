import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { listUsers, send, sendUntilAnswered } from './testing/api.ts'
import { checkShop, type Acknowledged } from './testing/check-shop.ts'
import { collectEvidence } from './testing/collect-evidence.ts'
import { chooseRounds, killInTurn, type Victim } from './testing/kill-in-turn.ts'
import { chooseSeed, createRandom, type Random } from './testing/random.ts'
import { runMagasin } from './testing/run-magasin.ts'
import { createShopSite, type ShopSite } from './testing/shop-site.ts'
import { spawnShop, startShopProcess } from './testing/shop-process.ts'
import { commandsOf, startUserLoad } from './testing/user-load.ts'

const users = 2_000
const clients = 32
const kills = 6
// One restart in so many is killed before, or just after, it is open.
const startsKilledOneIn = 4
const deadlineMs = 120_000
const repeats = 50

test('a shop that is killed again and again keeps every command that it acknowledged, and nothing else', async (t) => {
  const site = await createShopSite(t)
  const random = createRandom(chooseSeed())
  t.diagnostic(`FAULTS_SEED=${random.seed} repeats the choices of this run`)

  // Leaves the program compiled for all the starts that follow: a killed process cannot.
  await runMagasin(site, ['--help'])
  let shop = await startShopProcess(site)
  const seeds = (await listUsers(site)).map((user): Acknowledged => ({ event: 'UserCreated', user }))
  assert.equal(seeds.length, 5)
  const load = startUserLoad([site], { users, clients, deadlineMs, allowed: 0 })
  let starts = 0
  const victim: Victim = {
    kill: () => shop.kill(),
    start: async () => {
      if (starts++ % startsKilledOneIn === 0) await killAtStart(site, random)
      shop = await startShopProcess(site)
    },
  }
  const rounds = chooseRounds(new Map([['the shop', { times: kills, find: async () => victim }]]), random)
  const commands = commandsOf(users)
  const [done] = await Promise.all([load.finished, killInTurn(t, { load, commands, rounds, random })])
  assert.ok(load.counts.sentAgain >= kills, `only ${load.counts.sentAgain} commands met a kill`)
  t.diagnostic(
    `${done.length} commands, ${load.counts.sentAgain} sent again, ${load.counts.replayed} of them done before`,
  )

  for (let i = 0; i < repeats; i++) {
    const { command, answer } = done[random.between(0, done.length - 1)]!
    assert.deepEqual(await send(site, command), { ...answer, isReplayed: true }, command.key)
  }
  const acknowledged = [...seeds, ...done.map(({ effect }) => effect)]
  assert.equal(acknowledged.length, 5 + 2_000 + 667)
  assert.deepEqual(checkShop({ acknowledged, ...(await collectEvidence(site, shop)) }), [])
})

test('of two commands that share a key one is carried out and the other refused, also across a kill', async (t) => {
  const site = await createShopSite(t)
  const first = await startShopProcess(site)
  const sendAs = (name: string, n: number) => {
    const body = { name, email: `${name}-${n}@example.com` }
    return sendUntilAnswered([site], { method: 'POST', path: '/users', body, key: `key-${n}` }, { deadlineMs })
  }
  const pairs = Array.from({ length: 40 }, (_, n) => [sendAs('ada', n), sendAs('alan', n)] as const)
  await Promise.any(pairs.flat())
  await first.kill()
  await startShopProcess(site)
  for (const pair of pairs) {
    const statuses = (await Promise.all(pair)).map(({ status }) => status)
    assert.deepEqual(new Set(statuses), new Set([201, 422]))
  }
  assert.equal((await listUsers(site)).length, 5 + pairs.length)
})

/** A life that is cut off before, or just after, it is open. */
async function killAtStart(site: ShopSite, random: Random): Promise<void> {
  const shop = spawnShop(site)
  await delay(random.between(100, 1_500))
  await shop.kill()
}
