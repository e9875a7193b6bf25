/** What a subscriber keeps in its own database, beside the effects. */
export interface SubscriberTables {
  /** The last event whose effect is here, by group and partition; moved in the transaction of the effect. */
  positions: {
    group_name: string
    topic: string
    partition: number
    seq: number
    /** Its id; null before the first event. It tells a log that was put back from the one that was read. */
    event_id: string | null
    log_id: string
  }
  /** Events that could not be handled or take long, and those of the same stream that wait after them. */
  parked_events: {
    group_name: string
    topic: string
    partition: number
    seq: number
    stream: string
    type: string
    /** The whole EventRecord, as JSON: it is delivered from here, the log may have forgotten it by then. */
    record: string
    /** Why it was parked; null for one that waits after another, or whose effect is under way. */
    reason_code: string | null
    reason: string | null
    attempts: number
    parked_at: string
    /** 1 when it shall be delivered again: somebody asked for it, its effect is under way, or what it waited for is done. */
    redrive: number
    /** The member that has its effect under way; null if nobody has. */
    under_way_by: string | null
  }
}
