import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { magasin } from '../tools/testing/magasin.ts'
import { createSite } from '../tools/testing/site.ts'
import { call, createUser } from './testing/call.ts'

/** A shop of the test's own, in this process; its seed is in, in which nobody has ordered anything yet. */
async function openShop(t: TestContext) {
  const { folder, env } = createSite(t)
  const shop = await startShop(readShopConfig({ ...env, LOG_LEVEL: 'silent' }))
  t.after(() => shop.stop())
  const store = { url: shop.url, token: shop.services.token! }
  const command = async (...args: readonly string[]) => {
    const ran = await magasin(args, { env })
    assert.equal(ran.code, 0, ran.output)
    return ran.stdout
  }
  const exportTo = async (name: string, ...which: readonly string[]) => {
    const file = join(folder, name)
    const stdout = await command('history', 'export', ...which, '--out', file)
    return { text: readFileSync(file, 'utf8'), stdout }
  }
  return { store, command, exportTo }
}

/** A product of which there is enough for any test, and somebody who may order it; how to place an order of both lines. */
async function openTrade(store: Awaited<ReturnType<typeof openShop>>['store']) {
  const product = async (sku: string) => {
    const { product_id } = (await call(store, 'POST /products', { name: sku, sku, price: 12.5 })) as {
      readonly product_id: number
    }
    await call(store, 'POST /stocks', { product_id, quantity: 100_000 })
    return product_id
  }
  const [sledge, bell] = [await product('SLEDGE-1'), await product('BELL-1')]
  const user_id = await createUser(store, { name: 'Grace Hopper', email: 'grace@example.com' })
  const items = [sledge, bell].map((product_id) => ({ product_id, quantity: 1 }))
  return async () => ((await call(store, 'POST /orders', { user_id, items })) as { readonly order_id: number }).order_id
}

interface Line {
  readonly event: string
  readonly topic: string
  readonly partition: number
  readonly command_no: number
  readonly command_index: number
}

const linesOf = (text: string) => JSON.parse(text) as readonly Line[]

/** How many events each command has, by its number; fails for one that comes too late, or that is not whole. */
function eventsByCommand(lines: readonly Line[]): readonly number[] {
  const counts: number[] = []
  for (const { command_no, command_index } of lines) {
    if (command_index === 0) assert.equal(command_no, counts.push(0), 'the next command')
    assert.deepEqual([command_no, command_index], [counts.length, counts.at(-1)], 'the next event of this command')
    counts[counts.length - 1]!++
  }
  return counts
}

describe('the history', () => {
  test('exported twice is the same, byte for byte, and says how many events it holds', async (t) => {
    const { store, exportTo } = await openShop(t)
    for (let i = 0; i < 20; i++) await createUser(store, { name: 'Grace Hopper', email: `grace-${i}@example.com` })
    const which = ['--topic', 'user-events']
    const [first, second] = [await exportTo('first.json', ...which), await exportTo('second.json', ...which)]
    assert.equal(first.text, second.text)
    const lines = linesOf(first.text)
    assert.equal(lines.length, 25)
    assert.match(first.stdout, /^25 events read in .* complete/m)
    for (let partition = 0; partition < 8; partition++) {
      const count = lines.filter((line) => line.partition === partition).length
      assert.match(first.stdout, new RegExp(`^user-events partition ${partition}: ${count} events$`, 'm'))
    }
  })

  test('of the store is that of every topic, in the order of the commands, and none of it is told twice', async (t) => {
    const { store, exportTo } = await openShop(t)
    const seeded = await exportTo('seeded.json', '--all')
    assert.match(seeded.stdout, /^order-events: no event yet$/m)
    const placeOrder = await openTrade(store)
    const first = await placeOrder()
    await placeOrder()
    await call(store, `DELETE /orders/${first}`)
    const { text, stdout } = await exportTo('all.json', '--all')
    assert.ok(text.startsWith(seeded.text.slice(0, -'\n]\n'.length)), 'what was before is its beginning')
    const lines = linesOf(text)
    const counts = eventsByCommand(lines)
    assert.deepEqual(counts.slice(-3), [3, 3, 3], 'an order, and the stock of its two products')
    assert.deepEqual(new Set(lines.slice(-3).map(({ topic }) => topic)), new Set(['order-events', 'stock-events']))
    assert.match(stdout, new RegExp(`^${lines.length} events read .*every command from 1 to ${counts.length};`, 'm'))
    for (const topic of shopCatalogue.topics.keys()) {
      const one = await exportTo(`${topic}.json`, '--topic', topic)
      const ofTopic = lines.filter((line) => line.topic === topic)
      assert.deepEqual(linesOf(one.text), ofTopic, topic)
      assert.ok(ofTopic.length > 0)
    }
  })

  test('exported while commands run ends where it ended at that moment, with a whole command: the earlier one is the beginning of the later', async (t) => {
    const { store, exportTo } = await openShop(t)
    const placeOrder = await openTrade(store)
    const enough = new AbortController()
    const ordering = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!enough.signal.aborted) await placeOrder()
      }),
    )
    const [first, second] = [
      linesOf((await exportTo('first.json', '--all')).text),
      linesOf((await exportTo('second.json', '--all')).text),
    ]
    enough.abort()
    await ordering
    assert.ok(first.length > 20 && second.length > first.length, `${first.length} and ${second.length} events`)
    assert.deepEqual(second.slice(0, first.length), first)
    for (const lines of [first, second]) {
      const ordered = new Set(lines.flatMap((line) => (line.event === 'OrderPlaced' ? [line.command_no] : [])))
      for (const [i, count] of eventsByCommand(lines).entries()) if (ordered.has(i + 1)) assert.equal(count, 3)
    }
  })
})

describe('the log', () => {
  test('is described topic by topic, and one in which nothing happened in one line', async (t) => {
    const { command } = await openShop(t)
    const topics = (await command('log', 'describe')).trimEnd().split(/\n\n(?=\S+-events, )/)
    assert.deepEqual(
      topics.map((text) => text.split(',')[0]),
      [...shopCatalogue.topics.keys()],
    )
    for (const text of topics)
      if (text.startsWith('order-events')) assert.match(text, /^order-events, .*, no event yet$/)
      else assert.match(text, /^\S+-events, .* of the store \S+\nPARTITION .*\n0 [^]*\n7 /)
  })
})
