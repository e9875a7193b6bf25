import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { magasin, startMagasin } from '../../../../tools/testing/magasin.ts'
import { createSite } from '../../../../tools/testing/site.ts'
import { kill } from '../../../../tools/testing/spawned.ts'

/** A shop that runs: where, and with which settings. */
async function runningShop(t: TestContext) {
  const { env } = createSite(t)
  const shop = startMagasin(['start'], { env })
  t.after(() => kill(shop))
  const [, url = ''] = await shop.says(/(http:\/\/[\d.:]+)/)
  return { env, url }
}

describe('the token of a supplier', () => {
  test('is made while the shop runs, is all that stdout says, and reads stock and nothing else', async (t) => {
    const { env, url } = await runningShop(t)
    const made = await magasin(['token', 'create', '--supplier', 'acme-toys'], { env })
    assert.equal(made.code, 0, made.output)
    assert.match(made.stdout, /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const [, id = ''] = /its id is (\S+)\. It is good until \d{4}-\d\d-\d\d\.\n$/.exec(made.stderr) ?? []
    const statusOf = async (path: string) => {
      const headers = { authorization: `Bearer ${made.stdout.trim()}` }
      return (await fetch(url + path, { headers })).status
    }
    assert.deepEqual(
      [await statusOf('/stocks'), await statusOf('/products/1'), await statusOf('/users')],
      [200, 200, 403],
    )

    const listed = await magasin(['token', 'list'], { env })
    assert.match(listed.stdout, new RegExp(String.raw`^${id}\s+supplier acme-toys\s+supplier\s+\d{4}-`, 'm'))
    assert.equal((await magasin(['token', 'revoke', id], { env })).code, 0)
    assert.equal(await statusOf('/stocks'), 401)
  })

  test('is good for as many days as is said, and outlives a change of keys, unless they leaked', async (t) => {
    const { env, url } = await runningShop(t)
    const { stdout, stderr } = await magasin(['token', 'create', '--manager', '--days', '2'], { env })
    const inTwoDays = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
    assert.ok(stderr.includes(`It is good until ${inTwoDays}.`), stderr)
    const status = async () =>
      (await fetch(`${url}/stocks`, { headers: { authorization: `Bearer ${stdout.trim()}` } })).status
    assert.match((await magasin(['token', 'rotate-key'], { env })).stdout, /^The key \S+ signs from now on\.\n$/)
    assert.equal(await status(), 200)
    const leaked = await magasin(['token', 'rotate-key', '--leaked'], { env })
    assert.match(leaked.stdout, /What the others signed is revoked\.\n$/)
    assert.equal(await status(), 401)
    const { code } = await magasin(['token', 'create', '--manager', '--days', '3651'], { env })
    assert.equal(code, 1)
  })

  test('is not made for what is no name', async (t) => {
    const { env } = createSite(t)
    assert.equal((await magasin(['seed'], { env })).code, 0)
    const { code, stdout, stderr } = await magasin(['token', 'create', '--supplier', 'Acme Toys'], { env })
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /is no supplier's name: use .* acme-toys.*\n.*INPUT_INVALID/s)
  })
})
