/**
 * What a service is to those who operate it. `backup`, `doctor`, `parked` and the other commands go over a list of parts and name
 * no service: what they tell of one is here.
 */
export interface Part {
  /** The service, as `magasin serve` names it. It owns the topics whose families name it, and the database that says so. */
  readonly name: string
  /** As people call it, within a sentence. */
  readonly title: string
  /** Its database, if it has one: `store` is `store.db` in a data folder, and `shop_store` on the server of `mysql://…/shop`. */
  readonly database?: string
  readonly holds: {
    /** Events of its own topics: it records, relays and republishes them. */
    readonly events: boolean
    /** How far it has followed the events of a topic, and what is parked. */
    readonly positions: boolean
  }
  /** The topics to which it subscribes. */
  readonly follows: readonly string[]
  /** Files that it keeps beside its database, which only their owner may read. */
  readonly secretFiles: readonly string[]
}

/** A service that has a database of its own. */
export interface PartWithDatabase extends Part {
  readonly database: string
  /** What the database is, as a noun: "there is no …". */
  readonly databaseTitle: string
  /** Said where the database is missing: what follows from that. */
  readonly ifMissing: string
}

/** For lists of parts: what has no database is passed over by all that is about databases. */
export function hasDatabase<One extends Part>(part: One): part is One & PartWithDatabase {
  return part.database !== undefined
}
