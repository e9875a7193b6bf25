import { errors as joseErrors, jwtVerify, SignJWT, type CryptoKey, type JWTVerifyGetKey } from 'jose'
import type { Caller } from '../http/access.ts'

/** What a token says, and the key vouches for. */
export interface TokenClaims {
  /** Of the token itself: what revokes it names it. */
  readonly id: string
  /** Who holds it. */
  readonly caller: Caller
  /** When it opens nothing any more. */
  readonly expiresAt: Date
}

/** The key that signs. */
export interface SigningKey {
  /** What a token says of the key that signed it. */
  readonly id: string
  readonly privateKey: CryptoKey
}

/** The one algorithm: a token that names another, or none, is no token (RFC 8725, 3.1). */
export const signatureAlgorithm = 'EdDSA'

const issuer = 'magasin'
// Beside other JSON Web Tokens of the same keys, should there be any: an access token is nothing else (RFC 9068).
const type = 'at+jwt'

/**
 * A JSON Web Token (RFC 7519), signed with Ed25519 (RFC 8037). Who has the public key can tell what it says and that nobody changed it;
 * the role is that of the moment when it was made.
 */
export function signToken({ id, caller, expiresAt }: TokenClaims, key: SigningKey): Promise<string> {
  const { id: subject, role, userId, isLimited } = caller
  const own = { role, ...(userId === null ? {} : { user_id: userId }), ...(isLimited ? { limited: true } : {}) }
  return new SignJWT(own)
    .setProtectedHeader({ alg: signatureAlgorithm, kid: key.id, typ: type })
    .setIssuer(issuer)
    .setSubject(subject)
    .setJti(id)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(key.privateKey)
}

/**
 * What a token says, if a key of `keys` signed it and it has not expired; undefined for everything else that may be sent as one.
 * Rejects with what `keys` does, if it cannot tell.
 */
export async function readToken(token: string, keys: JWTVerifyGetKey): Promise<TokenClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [signatureAlgorithm],
      issuer,
      typ: type,
      requiredClaims: ['sub', 'jti', 'exp', 'role'],
    })
    const { sub, jti, exp, role, user_id: userId = null, limited } = payload
    if (typeof role !== 'string' || !(userId === null || Number.isSafeInteger(userId))) return undefined
    const caller = { id: sub!, role, userId: userId as number | null, ...(limited === true ? { isLimited: true } : {}) }
    return { id: jti!, caller, expiresAt: new Date(exp! * 1_000) }
  } catch (error) {
    if (error instanceof joseErrors.JOSEError) return undefined
    throw error
  }
}
