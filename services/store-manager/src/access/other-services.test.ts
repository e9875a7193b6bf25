import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { paramId, registerAccess } from '@magasin/service-kit/access'
import { createHttpServer } from '@magasin/service-kit/create-http-server'
import { listen } from '@magasin/service-kit/listen'
import { createLogger } from '@magasin/service-kit/logger'
import { PublishedTokens } from '@magasin/service-kit/published-tokens'
import { until } from '../../../../tools/testing/until.ts'
import { startStore, type RunningStore } from '../testing/start-store.ts'

/** A service beside the store-manager, which shares no database with it; `ask` asks for what belongs to a user. */
async function startOther(t: TestContext, { url: issuer }: Pick<RunningStore, 'url'>) {
  const logger = createLogger({ service: 'other', level: 'silent' })
  const about = { title: 'Other', description: 'Another service.', version: '0.1.0' }
  const server = await createHttpServer({ about, logger })
  const tokens = new PublishedTokens({ issuer, logger })
  registerAccess(server, { authenticate: (token) => tokens.authenticate(token) })
  const access = { roles: ['employee', 'manager'], own: paramId('id') }
  server.get('/of/:id', { config: { access } }, async () => 'seen')
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 })
  t.after(async () => {
    await server.close()
    tokens.close()
  })
  return async (token: string | null, user = 1) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` }
    return (await fetch(`${url}/of/${user}`, { headers })).status
  }
}

async function start(t: TestContext) {
  const store = await startStore(t)
  return { store, tokens: store.store.tokens, keys: store.store.signingKeys, ask: await startOther(t, store) }
}

const soon = { deadlineMs: 8_000 }

describe('a service that shares no database with the store-manager', () => {
  test('knows by itself who holds a token, and what is his', async (t) => {
    const { store, ask, tokens } = await start(t)
    const [ada, alan] = [await store.createUser(), await store.createUser()]
    const staff = await store.createUser({ user_type_id: 2 })
    const client = await store.tokenOf(ada)
    assert.deepEqual([await ask(client, ada), await ask(client, alan)], [200, 403])
    assert.equal(await ask(await store.tokenOf(staff), alan), 200)
    assert.equal(await ask(store.manager, alan), 200)
    assert.equal(await ask((await tokens.create({ supplier: 'acme' })).token), 403)
    for (const none of [null, 'mag_opaque', `${client}x`]) assert.equal(await ask(none, ada), 401)
  })

  test('refuses within seconds what was revoked, and what was a deleted user’s', async (t) => {
    const { store, ask, tokens } = await start(t)
    const ada = await store.createUser()
    const { id, token } = await tokens.create({ userId: ada })
    const other = await store.tokenOf(ada)
    assert.deepEqual([await ask(token, ada), await ask(other, ada)], [200, 200])
    await tokens.revoke(id)
    await until('the revoked one is refused', async () => (await ask(token, ada)) === 401, soon)
    assert.equal(await ask(other, ada), 200)
    await store.send(`DELETE /users/${ada}`)
    await until('that of nobody is refused', async () => (await ask(other, ada)) === 401, soon)
  })

  test('refuses nobody while keys are rotated under load', async (t) => {
    const { store, ask, keys } = await start(t)
    const ada = await store.createUser()
    const tokensOfAda = [await store.tokenOf(ada)]
    const seen: number[] = []
    for (let rotation = 0; rotation < 5; rotation++) {
      await keys.rotate()
      tokensOfAda.push(await store.tokenOf(ada))
      const asked = Array.from({ length: 40 }, (_, i) => ask(tokensOfAda[i % tokensOfAda.length]!, ada))
      seen.push(...(await Promise.all(asked)))
    }
    assert.deepEqual(new Set(seen), new Set([200]))
    assert.equal((await keys.published()).keys.length, 6)
  })

  test('refuses within seconds what a leaked key signed, and takes what the next one signs', async (t) => {
    const { store, ask, keys } = await start(t)
    const ada = await store.createUser()
    const before = await store.tokenOf(ada)
    assert.equal(await ask(before, ada), 200)
    await keys.rotate({ areLeaked: true })
    assert.equal((await store.send(`GET /users/${ada}`, { token: before })).status, 401)
    await until('it is refused', async () => (await ask(before, ada)) === 401, soon)
    assert.equal(await ask(await store.tokenOf(ada), ada), 200)
    assert.equal((await keys.published()).keys.length, 1)
  })
})
