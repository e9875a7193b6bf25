import type { UserTypeId } from '@magasin/shop-contracts/user-types'

/** A user, under the lab's names. */
export interface User {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly user_type_id: UserTypeId
}
