import type { Authentication, Caller } from '@magasin/service-kit/access'
import type { Role } from '@magasin/shop-contracts/user-types'
import type { Tokens } from './tokens.ts'

const role: Role = 'manager'

/** Whoever holds a token of the shop itself, and everyone with `MAGASIN_ACCESS=open`. */
export const shopCaller: Caller = { id: 'shop', role, userId: null }

/** Who calls, by the tokens of the store. */
export function authenticationBy(tokens: Pick<Tokens, 'authenticate'>, access: 'token' | 'open'): Authentication {
  return {
    authenticate: (token) => tokens.authenticate(token),
    ...(access === 'open' ? { openAs: shopCaller } : {}),
  }
}
