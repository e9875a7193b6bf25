import type { EventData } from '@magasin/contracts/event-types'
import { roles, UserType, type UserTypeId } from '@magasin/contracts/user-types'

/** A user, as its event tells about it. */
export type User = EventData<'UserCreated'>

/** The type of the n-th user that a test creates: each in turn. */
export const userTypeOf = (n: number): UserTypeId => UserType[roles[n % roles.length]!]
