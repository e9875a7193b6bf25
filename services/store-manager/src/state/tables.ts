import type { EventStoreTables } from '@magasin/event-store/tables'
import type { UserRow } from './users.ts'

/** Every table of the store-manager's database. */
export interface StoreTables extends EventStoreTables {
  users: UserRow
  user_types: { id: number; name: string }
  /** Access tokens, by their hash; not state of the shop: no event makes them. */
  tokens: {
    id: string
    hash: string
    /** Whose token it is; null for the shop's own, which acts as a manager. */
    user_id: number | null
    created_at: string
    /** When an operator revoked it: for good. */
    revoked_at: string | null
    /** 1: a start gave it as the first manager's token. 0: `magasin token create` made it. */
    adopted: number
    /** When another first token took its place; null again once a start gives this one again. */
    replaced_at: string | null
  }
}
