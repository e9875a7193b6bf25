import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { roles, UserType, type UserTypeId } from '@magasin/shop-contracts/user-types'

/** A user, as its event tells about it. */
export type User = UserEvent['data']

/** The type of the n-th user that a test creates: each in turn. */
export const userTypeOf = (n: number): UserTypeId => UserType[roles[n % roles.length]!]
