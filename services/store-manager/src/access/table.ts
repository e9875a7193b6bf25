/** Access tokens, by their hash; not state of the shop: no event makes them. */
export interface AccessTables {
  tokens: {
    id: string
    hash: string
    /** Whose token it is; null for a supplier's, and for the shop's own, which acts as a manager. */
    user_id: number | null
    /** Whose token it is, if it is a supplier's, who is no user. */
    supplier: string | null
    created_at: string
    /** When an operator revoked it: for good. */
    revoked_at: string | null
    /** 1: a start gave it as the first manager's token. 0: `magasin token create` made it. */
    adopted: number
    /** When another first token took its place; null again once a start gives this one again. */
    replaced_at: string | null
  }
}
