import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { userCaller, type Caller } from '../http/access.ts'
import { readToken, signToken } from './signed-token.ts'

const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
const published = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }
const keys = createLocalJWKSet({ keys: [published] })
const key = { id: 'k1', privateKey }

const inAnHour = () => new Date(Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000)
const claims = (caller: Caller) => ({ id: 't1', caller, expiresAt: inAnHour() })

const supplier: Caller = { id: 'supplier:acme', role: 'supplier', userId: null, isLimited: true }

describe('a signed token', () => {
  for (const caller of [userCaller(42, 'client'), { id: 'shop', role: 'manager', userId: null }, supplier])
    test(`tells that ${caller.id} holds it, and until when`, async () => {
      const made = claims(caller)
      assert.deepEqual(await readToken(await signToken(made, key), keys), made)
    })

  const payload = { role: 'manager', sub: 'shop', jti: 't1', iss: 'magasin' }
  const signed = (own: JWTPayload, header: object = {}, by: Parameters<SignJWT['sign']>[0] = privateKey) => {
    const all = { exp: Math.floor(Date.now() / 1_000) + 3_600, ...own }
    return new SignJWT(all).setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt', ...header }).sign(by)
  }
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  const other = async () => (await generateKeyPair('EdDSA')).privateKey
  const secret = Buffer.from(published.x!, 'base64url')

  test('of ours is as these tests make them', async () => {
    assert.equal((await readToken(await signed(payload), keys))?.caller.role, 'manager')
  })

  const withoutEnd = new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt' })

  const refused: Readonly<Record<string, () => Promise<string>>> = {
    'that is no token': async () => 'mag_whatever',
    'without a signature (alg: none)': async () => `${part({ alg: 'none', typ: 'at+jwt' })}.${part(payload)}.`,
    'that another key signed': async () => signed(payload, {}, await other()),
    'that names another key': async () => signed(payload, { kid: 'k2' }),
    'signed with the public key as a secret': async () => signed(payload, { alg: 'HS256' }, secret),
    'that has expired': async () => signed({ ...payload, exp: Math.floor(Date.now() / 1_000) - 1 }),
    'of another issuer': async () => signed({ ...payload, iss: 'somebody' }),
    'of another type': async () => signed(payload, { typ: 'JWT' }),
    'without an end': async () => withoutEnd.sign(privateKey),
    'without an id': async () => signed({ role: 'manager', sub: 'shop', iss: 'magasin' }),
    'without a role': async () => signed({ ...payload, role: undefined }),
    'with a user that is no number': async () => signed({ ...payload, user_id: '1' }),
    'whose words were changed': async () => {
      const [head, , signature] = (await signed({ ...payload, role: 'client' })).split('.')
      return `${head}.${part({ ...payload, exp: 9_999_999_999 })}.${signature}`
    },
  }
  for (const [what, make] of Object.entries(refused))
    test(`${what} is none`, async () => {
      assert.equal(await readToken(await make(), keys), undefined)
    })
})
