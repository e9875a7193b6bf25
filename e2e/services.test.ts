import assert from 'node:assert/strict'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { mysqlDatabase, skipWithoutMysql, statement } from '@magasin/sql/testing/mysql-server'
import { readMetric } from '../tools/testing/read-metric.ts'
import { call, createUser } from './testing/call.ts'
import { openCoolriel, openStore, type OpenStore } from './testing/open-services.ts'
import { createServicesSite, urlOf, type ServicesSite } from './testing/services-site.ts'
import { magasin } from '../tools/testing/magasin.ts'
import { until } from '../tools/testing/until.ts'
import { writtenFiles } from './testing/written-files.ts'

const skip = skipWithoutMysql || noKafka

function open(t: TestContext) {
  const engines = {
    store: mysqlDatabase(t),
    coolriel: mysqlDatabase(t),
    ...kafkaTopic(t, undefined, shopCatalogue.topics),
  }
  return { ...createServicesSite(t, engines), engines }
}

const seedUsers = 5
/** Of the users, and of four products and their stock. */
const seedEvents = seedUsers + 2 * 4

/** Resolves when the relay has sent so many events, of all topics. */
const untilSent = (store: { readonly url: string }, events: number) =>
  until(`${events} events on the broker`, async () => (await readMetric(store, 'magasin_relay_sent_total')) >= events)

/** The page of an e-mail, once it is there. */
const pageOf = ({ outputDir }: Pick<ServicesSite, 'outputDir'>, name: string): Promise<string> =>
  until(
    `the page ${name}`,
    () => existsSync(join(outputDir, `${name}.html`)) && readFileSync(join(outputDir, `${name}.html`), 'utf8'),
  )

/** Exports the history of the store from the table or from the brokers: the file, and how the command ended. */
async function exportFrom({ folder, env }: ServicesSite, from: 'table' | 'log') {
  const file = join(folder, `${from}.json`)
  const ran = await magasin(['history', 'export', '--all', '--from', from, '--out', file], { env: env.store })
  return { ...ran, text: existsSync(file) ? readFileSync(file, 'utf8') : '' }
}

async function createThree(store: OpenStore) {
  const employee = await createUser(store, { name: 'Grace Hopper', email: 'grace@example.com', user_type_id: 2 })
  const client = await createUser(store, { name: 'Barbara Liskov', email: 'barbara@example.com' })
  const manager = await createUser(store, { name: 'Edsger Dijkstra', email: 'edsger@example.com', user_type_id: 3 })
  return { employee, client, manager }
}

describe('services, each a process of its own, on a database server and Kafka', { skip }, () => {
  test('tell the newcomer’s story: e-mails for three types, a whole history from either source, a second start that goes on', async (t) => {
    const site = open(t)
    const [store, coolriel] = await Promise.all([openStore(site), openCoolriel(site)])
    assert.match(store.process.stdout(), /5 users and 4 products of the seed data/)
    const users = await createThree(store)
    assert.match(await pageOf(site, `welcome_${users.client}`), /Merci de votre visite/)
    assert.match(await pageOf(site, `welcome_${users.employee}`), /Bienvenue dans l’équipe/)
    assert.match(await pageOf(site, `welcome_${users.manager}`), /à la direction/)
    assert.deepEqual(await call(store, `DELETE /users/${users.client}`), { deleted: true })
    await pageOf(site, `goodbye_${users.client}`)
    for (let id = 1; id <= seedUsers; id++) await pageOf(site, `welcome_${id}`)
    const items = [1, 2].map((product_id) => ({ product_id, quantity: 1 }))
    await call(store, 'POST /orders', { user_id: users.employee, items })

    const events = seedEvents + 4 + 3
    await untilSent(store, events)
    const [table, log] = [await exportFrom(site, 'table'), await exportFrom(site, 'log')]
    assert.deepEqual([table.code, log.code], [0, 0], table.output + log.output)
    assert.equal(log.text, table.text)
    const lines = JSON.parse(log.text) as readonly { readonly topic: string; readonly command_no: number }[]
    assert.equal(lines.length, events)
    assert.deepEqual(
      lines.map(({ command_no }) => command_no),
      lines.map(({ command_no }) => command_no).toSorted((a, b) => a - b),
    )
    assert.deepEqual(new Set(lines.map(({ topic }) => topic)), new Set(shopCatalogue.topics.keys()))
    assert.match(log.stdout, /^20 events read in .* complete: .* every command from 1 to 18;/m)

    const written = writtenFiles(site.outputDir)
    for (const running of [store.process, coolriel.process]) {
      running.process.kill('SIGINT')
      assert.equal(await running.ended(), 0, running.output())
      assert.doesNotMatch(running.output(), /^\s+at /m)
    }
    const [again] = await Promise.all([openStore(site), openCoolriel(site)])
    assert.doesNotMatch(again.process.stdout(), /seed data/)
    assert.equal(again.token, store.token)
    const next = await createUser(again, { name: 'Alan Kay', email: 'alan@example.com' })
    assert.ok(next > Math.max(...Object.values(users)), 'ids go on')
    await pageOf(site, `welcome_${next}`)
    const { [`welcome_${next}.html`]: _, ...others } = writtenFiles(site.outputDir)
    assert.deepEqual(others, written, 'no e-mail was written again')
  })

  test('share the work: two store-managers on one database, three Coolriels in one group, every event handled once', async (t) => {
    const site = open(t)
    const stores = await Promise.all([openStore(site), openStore(site, { MAGASIN_DATA: join(site.folder, 'other') })])
    const coolriels = await Promise.all([openCoolriel(site), openCoolriel(site), openCoolriel(site)])
    const seeding = stores.filter(({ process }) => /seed data/.test(process.stdout()))
    const made = stores.filter(({ token }) => token.startsWith('mag_'))
    assert.deepEqual([seeding.length, made.length], [1, 1], 'one of them found what the other had made')
    const { token } = made[0]!
    const create = (i: number) =>
      createUser({ url: stores[i % 2]!.url, token }, { name: `Ada ${i}`, email: `ada-${i}@example.com` })
    const users = await Promise.all(Array.from({ length: 60 }, (_, i) => create(i)))
    assert.equal(new Set(users).size, 60)
    const gone = users.filter((_, i) => i % 3 === 0)
    await Promise.all(gone.map((id, i) => call({ url: stores[i % 2]!.url, token }, `DELETE /users/${id}`)))

    for (const id of users) await pageOf(site, `welcome_${id}`)
    for (const id of gone) await pageOf(site, `goodbye_${id}`)
    const events = seedUsers + users.length + gone.length
    const sent = events + seedEvents - seedUsers
    const sum = async (of: readonly { readonly url: string }[], name: string) =>
      (await Promise.all(of.map((one) => readMetric(one, name)))).reduce((a, b) => a + b, 0)
    const isDone = async () =>
      (await sum(coolriels, 'magasin_subscriber_events_total')) >= events &&
      (await sum(stores, 'magasin_relay_sent_total')) >= sent
    await until(`${sent} events sent, ${events} of them handled`, isDone)
    assert.equal(await sum(coolriels, 'magasin_subscriber_events_total'), events, 'each by one of them')
    assert.equal(await sum(stores, 'magasin_relay_active'), shopCatalogue.topics.size, 'each topic by one of them')
    assert.equal(await sum(stores, 'magasin_relay_sent_total'), sent)
    assert.equal((await exportFrom(site, 'log')).text, (await exportFrom(site, 'table')).text)
  })

  test('say what the brokers have forgotten; the command that brings it back heals the log', async (t) => {
    const site = open(t)
    const { cluster } = site.engines
    const store = await openStore(site)
    const topic = cluster.nameOf('user-events')
    await untilSent(store, seedEvents)
    const whole = await exportFrom(site, 'table')
    const [first] = JSON.parse(whole.text) as readonly { readonly partition: number }[]
    const { partition } = first!
    await cluster.ask('the end of a beginning', (admin) =>
      admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: 1n }] }] }),
    )

    const rest = await exportFrom(site, 'log')
    assert.equal(rest.code, 3, rest.output)
    assert.match(rest.stdout, /^12 events read .*without a hole/m)
    assert.match(rest.stdout, /^NOT COMPLETE/m)
    assert.match(rest.stdout, new RegExp(`^user-events partition ${partition}: 0 events are there$`, 'm'))
    assert.equal((JSON.parse(rest.text) as readonly unknown[]).length, seedEvents - 1)
    const command = ['log', 'republish', '--topic', 'user-events', '--from', '1', '--partition', String(partition)]
    const healed = await magasin(command, { env: site.env.store })
    assert.deepEqual([healed.code, healed.stdout], [0, `1 events were appended: 1 to partition ${partition}\n`])
    const log = await exportFrom(site, 'log')
    assert.deepEqual([log.code, log.text], [0, whole.text], log.output)
    const described = await magasin(['log', 'describe', '--json'], { env: site.env.store })
    const [{ partitions }] = JSON.parse(described.stdout) as [
      { partitions: { floor: number; end: number; gapAt: null }[] },
    ]
    assert.equal(
      partitions.reduce((all, { end }) => all + end, 0),
      seedUsers,
    )
    assert.ok(
      partitions.every(({ floor, gapAt }) => floor === 1 && gapAt === null),
      described.stdout,
    )
    const doctor = await magasin(['doctor'], { env: site.env.store })
    assert.match(doctor.stdout, /Kafka has every event of the store/)
    assert.equal(doctor.code, 0, doctor.output)
  })

  test('are refused where they would mix two stores, or two services in one database', async (t) => {
    const site = open(t)
    const store = await openStore(site)
    await untilSent(store, seedEvents)
    const serve = (service: string, env: Readonly<Record<string, string>>) => magasin(['serve', service], { env })
    const other = { ...site.env.store, MAGASIN_DB: urlOf(mysqlDatabase(t)), MAGASIN_DATA: join(site.folder, 'other') }
    const foreign = await serve('store-manager', other)
    assert.match(foreign.stderr, /MAGASIN_TOPIC_PREFIX[\s\S]*LOG_FOREIGN/)
    const shared = await serve('coolriel', site.env.store)
    assert.match(shared.stderr, /MAGASIN_DB names the database of store-manager,[\s\S]*CONFIG_INVALID/)
    assert.deepEqual([foreign.code, shared.code], [2, 2])
    assert.equal((await fetch(`${store.url}/ready`)).status, 200)
  })
})

describe('a shop in one process', { skip }, () => {
  test('runs on a database server and Kafka too, in databases of its own, which every command finds', async (t) => {
    const engines = {
      store: mysqlDatabase(t),
      coolriel: mysqlDatabase(t),
      ...kafkaTopic(t, undefined, shopCatalogue.topics),
    }
    const { store: base } = engines
    for (const part of ['store', 'coolriel'])
      t.after(() => statement(base, `drop database if exists ${base.name}_${part}`))
    const { folder, outputDir, env } = createServicesSite(t, engines)
    const shop = await startShop(readShopConfig({ ...env.store, LOG_LEVEL: 'silent' }))
    t.after(() => shop.stop())
    const id = await createUser(
      { url: shop.url, token: shop.services.token! },
      { name: 'Ada', email: 'ada@example.com' },
    )
    await pageOf({ outputDir }, `welcome_${id}`)
    await untilSent(shop, seedEvents + 1)
    assert.equal(((await (await fetch(`${shop.url}/ready`)).json()) as { status: string }).status, 'ready')
    for (const [args, says] of [
      [['seed'], /in already/],
      [['token', 'list'], /the shop\s+manager/],
      [['parked', 'list'], /Nothing is parked/],
      [['history', 'export', '--all', '--from', 'log', '--out', join(folder, 'history.json')], /^14 events read/m],
      [['doctor'], /Coolriel \(group .+\) has handled every event/],
    ] as const) {
      const { code, stdout, output: said } = await magasin(args, { env: env.store })
      assert.equal(code, 0, said)
      assert.match(stdout, says)
    }
  })
})
