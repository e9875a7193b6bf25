/** What a subscriber keeps in its own database, beside the effects. */
export interface SubscriberTables {
  /** The last seq whose effect is here, by group and partition; moved in the transaction of the effect. */
  positions: { group_name: string; topic: string; partition: number; seq: number; log_id: string }
  /** Events that could not be handled, and those of the same stream that wait behind them. */
  parked_events: {
    group_name: string
    topic: string
    partition: number
    seq: number
    stream: string
    type: string
    /** The whole EventRecord, as JSON: it is delivered from here, the log may have forgotten it by then. */
    record: string
    /** Why it was parked; null for one that waits behind another. */
    reason_code: string | null
    reason: string | null
    attempts: number
    parked_at: string
    /** 1 when somebody asked for it to be delivered again. */
    redrive: number
  }
}
