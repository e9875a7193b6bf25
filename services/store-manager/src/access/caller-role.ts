import { roles, type Role } from '@magasin/shop-contracts/user-types'

/** What a caller may be: a kind of user, or a supplier, who is none. Nobody can be created with the type `supplier`. */
export type CallerRole = Role | 'supplier'

/** Every kind of caller: for routes that all may call who have a token. */
export const callerRoles: readonly CallerRole[] = [...roles, 'supplier']
