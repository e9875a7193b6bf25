import type { EventTables } from '@magasin/event-log/event-table'

/** The tables that the event store needs, beside the state tables of the service. */
export interface EventStoreTables extends EventTables {
  /** The last command number: one row. Taken last of all, so that it is held for the shortest time. */
  command_counter: { last_command: number }
  /**
   * Answers by (caller, route, key); `forget_at` in milliseconds since 1970, null: never. `positions` is JSON, `[[topic, partition, seq]]`:
   * where the last events of the command stand; null if it recorded none, or was answered before this was kept.
   */
  remembered_answers: {
    caller: string
    route: string
    idempotency_key: string
    fingerprint: string
    outcome: string
    forget_at: number | null
    positions: string | null
  }
  /** The next id of each kind of entity that is not yet reserved. */
  id_blocks: { entity: string; next_id: number }
  /** One row: the key of the fingerprints. */
  store_secret: { secret: string }
}
