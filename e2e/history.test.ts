import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { readShopConfig } from '@magasin/shop/config'
import { startShop } from '@magasin/shop/start'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { magasin } from '../tools/testing/magasin.ts'

/** A shop of the test's own, in this process, with a client who creates users without a pause until told to stop. */
async function openShop(t: TestContext) {
  const folder = temporaryFolder(t)
  const env = { MAGASIN_DATA: join(folder, 'data'), OUTPUT_DIR: join(folder, 'output'), PORT: '0', LOG_LEVEL: 'silent' }
  const shop = await startShop(readShopConfig(env))
  t.after(() => shop.stop())
  let created = 0
  const createUser = async () => {
    const response = await fetch(`${shop.url}/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.services.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Grace Hopper', email: `grace-${++created}@example.com` }),
    })
    assert.equal(response.status, 201)
  }
  const exportTo = async (name: string) => {
    const file = join(folder, name)
    const ran = await magasin(['history', 'export', '--topic', 'user-events', '--out', file], { env })
    assert.equal(ran.code, 0, ran.output)
    return { text: readFileSync(file, 'utf8'), stdout: ran.stdout }
  }
  return { createUser, exportTo }
}

interface Line {
  readonly event: string
  readonly partition: number
  readonly seq: number
  readonly command_no: number
  readonly event_id: string
}

const linesOf = (text: string) => JSON.parse(text) as readonly Line[]

describe('the history', () => {
  test('exported twice is the same, byte for byte, and says how many events it holds', async (t) => {
    const { createUser, exportTo } = await openShop(t)
    for (let i = 0; i < 20; i++) await createUser()
    const [first, second] = [await exportTo('first.json'), await exportTo('second.json')]
    assert.equal(first.text, second.text)
    const lines = linesOf(first.text)
    assert.equal(lines.length, 25)
    assert.match(first.stdout, /^25 events read in .* complete/m)
    for (let partition = 0; partition < 8; partition++) {
      const count = lines.filter((line) => line.partition === partition).length
      assert.match(first.stdout, new RegExp(`^user-events partition ${partition}: ${count} events$`, 'm'))
    }
  })

  test('exported while commands run ends where it ended at that moment: the earlier one is the beginning of the later', async (t) => {
    const { createUser, exportTo } = await openShop(t)
    const enough = new AbortController()
    const creating = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!enough.signal.aborted) await createUser()
      }),
    )
    const [first, second] = [
      linesOf((await exportTo('first.json')).text),
      linesOf((await exportTo('second.json')).text),
    ]
    enough.abort()
    await creating
    assert.ok(first.length > 5 && second.length > first.length, `${first.length} and ${second.length} events`)
    assert.deepEqual(second.slice(0, first.length), first)
    for (const lines of [first, second])
      assert.deepEqual(
        lines.map(({ command_no }) => command_no),
        lines.map((_, i) => i + 1),
      )
  })
})
