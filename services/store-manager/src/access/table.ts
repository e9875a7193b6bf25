/** Access tokens, by their hash, and the keys that sign them; not state of the shop: no event makes them. */
export interface AccessTables {
  signing_keys: {
    id: string
    /** As JSON Web Keys. Whoever can read this table can make tokens. */
    public_key: string
    private_key: string
    created_at: string
    /** When another key took its place. Tokens that it signed stay as good as they are. */
    retired_at: string | null
    /** When it was said that somebody else knows it. Nothing that it signed is good, whenever that was. */
    leaked_at: string | null
  }
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
    /** When it opens nothing any more; null: never, as the first manager's. */
    expires_at: string | null
    /** Of the key that signed it; null: it is no signed one. */
    key_id: string | null
    /** When another first token took its place; null again once a start gives this one again. */
    replaced_at: string | null
  }
}
