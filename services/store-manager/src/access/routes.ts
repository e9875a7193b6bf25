import type { HttpServer } from '@magasin/service-kit/http-server'
import { publishedPaths } from '@magasin/service-kit/published-tokens'
import Type from 'typebox'
import type { Store } from '../open-store.ts'

const tags = ['access']

const keySchema = Type.Object(
  {
    kty: Type.String(),
    crv: Type.String(),
    x: Type.String(),
    kid: Type.String(),
    alg: Type.String(),
    use: Type.String(),
  },
  { description: 'A public key (RFC 8037)' },
)

const key = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: '0b6bcf3a-3b1c-4f0e-8a6c-0d3c8f4f5a11',
  alg: 'EdDSA',
  use: 'sig',
}

// Anyone may ask, and the list may be long.
const keptMs = 1_000

/** Asks again only if the last answer is older than a second. */
function kept<T>(ask: () => Promise<T>): () => Promise<T> {
  let [answer, askedAt]: [Promise<T> | undefined, number] = [undefined, 0]
  return () => {
    if (answer === undefined || performance.now() - askedAt > keptMs) {
      askedAt = performance.now()
      answer = ask()
      answer.catch(() => (answer = undefined))
    }
    return answer
  }
}

/** What other services and gateways need, to tell by themselves who holds a token. */
export function registerAccessRoutes(
  server: HttpServer,
  { tokens, signingKeys }: Pick<Store, 'tokens' | 'signingKeys'>,
): void {
  const revoked = kept(() => tokens.revoked())
  server.get(
    publishedPaths.keys,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The keys that sign tokens',
        description:
          'A JSON Web Key Set (RFC 7517). A token names its key as `kid`; one that is not here vouches for nothing.',
        response: { 200: Type.Object({ keys: Type.Array(keySchema) }, { examples: [{ keys: [key] }] }) },
      },
    },
    async () => signingKeys.published() as Promise<{ keys: (typeof key)[] }>,
  )
  server.get(
    publishedPaths.revoked,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The tokens that open nothing any more',
        description:
          'By their `jti`, until an hour after their end: those that were revoked, and those of users who are gone. Ask every few seconds.',
        response: { 200: Type.Object({ revoked: Type.Array(Type.String()) }, { examples: [{ revoked: [] }] }) },
      },
    },
    async () => ({ revoked: [...(await revoked())] }),
  )
}
