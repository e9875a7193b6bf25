import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { until } from '../../../../tools/testing/until.ts'
import { userCaller } from '../http/access.ts'
import { createLogger } from '../log/logger.ts'
import { PublishedTokens, publishedPaths } from './published-tokens.ts'
import { signToken, type SigningKey } from './signed-token.ts'

/** A service that gives tokens: what it publishes, and how often it was asked. */
async function startIssuer(t: TestContext) {
  const published: { keys: JWK[]; revoked: unknown; status: number; asked: number } = {
    keys: [],
    revoked: [],
    status: 200,
    asked: 0,
  }
  const server = createServer(({ url }, answer) => {
    if (url === publishedPaths.keys) published.asked++
    const { keys, revoked, status } = published
    answer.writeHead(status, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(url === publishedPaths.keys ? { keys } : { revoked }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const addKey = async (id: string): Promise<SigningKey> => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    published.keys.push({ ...(await exportJWK(publicKey)), kid: id, alg: 'EdDSA', use: 'sig' })
    return { id, privateKey }
  }
  return { published, addKey, issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const logger = createLogger({ service: 'test', level: 'silent' })

function follow(t: TestContext, issuer: string, more: { readonly staleMs?: number; readonly everyMs?: number } = {}) {
  const tokens = new PublishedTokens({ issuer, logger, everyMs: 100, ...more })
  t.after(() => tokens.close())
  return tokens
}

/** Resolves when the service is said not to answer as it should. */
const untilSaid = (tokens: PublishedTokens) =>
  until(
    'it is said',
    () =>
      tokens.check().then(
        () => false,
        () => true,
      ),
    { deadlineMs: 5_000 },
  )

let made = 0
const sign = (key: SigningKey, forMs = 60_000, id = `t${++made}`) =>
  signToken({ id, caller: userCaller(42, 'client'), expiresAt: new Date(Date.now() + forMs) }, key)

describe('tokens that another service gives', () => {
  test('are read by its keys, without asking about each', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    const key = await addKey('k1')
    const tokens = follow(t, issuer, { everyMs: 2_000 })
    for (let i = 0; i < 50; i++) assert.deepEqual(await tokens.authenticate(await sign(key)), userCaller(42, 'client'))
    assert.equal(await tokens.authenticate('mag_opaque'), undefined)
    assert.ok(published.asked <= 2, `asked ${published.asked} times`)
    await tokens.check()
  })

  test('that are revoked open nothing within seconds, though they were read before', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    const token = await sign(await addKey('k1'), 60_000, 'leaked')
    const tokens = follow(t, issuer)
    assert.ok(await tokens.authenticate(token))
    published.revoked = ['leaked']
    const isRefused = async () => (await tokens.authenticate(token)) === undefined
    await until('it is refused', isRefused, { deadlineMs: 5_000 })
  })

  test('open nothing once they have expired, though they were read before', async (t) => {
    const { addKey, issuer } = await startIssuer(t)
    const token = await sign(await addKey('k1'), 1_000)
    const tokens = follow(t, issuer)
    assert.ok(await tokens.authenticate(token))
    const isRefused = async () => (await tokens.authenticate(token)) === undefined
    await until('it is refused', isRefused, { deadlineMs: 5_000 })
  })

  test('are read at once if a key is new, and those of the key before it go on', async (t) => {
    const { addKey, issuer } = await startIssuer(t)
    const before = await sign(await addKey('k1'))
    const tokens = follow(t, issuer, { everyMs: 60_000 })
    assert.ok(await tokens.authenticate(before))
    const after = await sign(await addKey('k2'))
    assert.ok(await tokens.authenticate(after))
    assert.ok(await tokens.authenticate(before))
  })

  test('of a key that is published no more open nothing, though they were read before', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    const forged = await sign(await addKey('leaked'))
    const tokens = follow(t, issuer)
    assert.ok(await tokens.authenticate(forged))
    published.keys.length = 0
    await addKey('k2')
    const isRefused = async () => (await tokens.authenticate(forged)) === undefined
    await until('it is refused', isRefused, { deadlineMs: 5_000 })
  })

  test('are told to nobody any more once it is closed, who waits for an answer too', async (t) => {
    const { addKey, issuer } = await startIssuer(t)
    const tokens = follow(t, issuer)
    assert.ok(await tokens.authenticate(await sign(await addKey('k1'))))
    const { privateKey } = await generateKeyPair('EdDSA')
    const waiting = tokens.authenticate(await sign({ id: 'k2', privateKey }))
    tokens.close()
    await assert.rejects(waiting, { code: 'ACCESS_UNAVAILABLE' })
  })

  test('of keys that nobody knows do not make it ask for each', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    await addKey('k1')
    const { privateKey } = await generateKeyPair('EdDSA')
    const tokens = follow(t, issuer, { everyMs: 2_000 })
    const began = performance.now()
    const forged = await Promise.all(Array.from({ length: 200 }, (_, i) => sign({ id: `x${i}`, privateKey })))
    const answers = await Promise.all(forged.map((token) => tokens.authenticate(token)))
    assert.deepEqual(new Set(answers), new Set([undefined]))
    const most = 3 + (performance.now() - began) / 250
    assert.ok(published.asked <= most, `asked ${published.asked} times, not ${most}`)
  })

  test('count as they are known last while the service is away, which is said, and are known anew when it is back', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    const token = await sign(await addKey('k1'), 60_000, 'late')
    const tokens = follow(t, issuer)
    assert.ok(await tokens.authenticate(token))
    published.status = 503
    await untilSaid(tokens)
    assert.ok(await tokens.authenticate(token))
    Object.assign(published, { status: 200, revoked: ['late'] })
    await until('it is refused', async () => (await tokens.authenticate(token)) === undefined, { deadlineMs: 5_000 })
    await tokens.check()
  })

  for (const rubbish of [undefined, null, 'none', ['t1', 2], { t1: true }])
    test(`stay revoked when ${JSON.stringify(rubbish) ?? 'nothing'} is published in place of a list, which is said`, async (t) => {
      const { published, addKey, issuer } = await startIssuer(t)
      const token = await sign(await addKey('k1'), 60_000, 'leaked')
      published.revoked = ['leaked']
      const tokens = follow(t, issuer)
      assert.equal(await tokens.authenticate(token), undefined)
      published.revoked = rubbish
      await untilSaid(tokens)
      assert.equal(await tokens.authenticate(token), undefined)
    })

  test('go on by the keys that are known when what is published is no key', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    const token = await sign(await addKey('k1'))
    const tokens = follow(t, issuer)
    assert.ok(await tokens.authenticate(token))
    published.keys = [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }]
    await untilSaid(tokens)
    assert.ok(await tokens.authenticate(token))
  })

  test('cannot be told from others before anything was published, nor when what is known is too old', async (t) => {
    const { published, addKey, issuer } = await startIssuer(t)
    const token = await sign(await addKey('k1'))
    published.status = 503
    const tokens = follow(t, issuer, { staleMs: 1_000 })
    const began = performance.now()
    for (let i = 0; i < 5; i++) await assert.rejects(tokens.authenticate(token), { code: 'ACCESS_UNAVAILABLE' })
    // Each question of its own would be five at once; beside them stand those of the clock.
    const most = 2 + (performance.now() - began) * (1 / 250 + 1 / 100)
    assert.ok(published.asked <= most, `asked ${published.asked} times, not ${most}`)
    published.status = 200
    await until('it is known', () => tokens.authenticate(token).catch(() => undefined), { deadlineMs: 5_000 })
    published.status = 503
    const isTooOld = () =>
      tokens.authenticate(token).then(
        () => false,
        () => true,
      )
    await until('it is too old', isTooOld, { deadlineMs: 10_000 })
  })
})
