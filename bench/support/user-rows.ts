import { encodeEvent } from '@magasin/contracts/event-codec'
import type { EventTables } from '@magasin/contracts/event-tables'
import { eventTypes } from '@magasin/contracts/event-types'
import { partitionOf } from '@magasin/contracts/partition-of'
import { topics } from '@magasin/contracts/topics'
import type { StoreTables } from '@magasin/store-manager/tables'

/** What the benchmarks send for their i-th user. */
export const newUser = (i: number) => ({
  name: `Ada Lovelace ${i}`,
  email: `ada-${i}@example.com`,
  user_type_id: 1 as const,
})

/** What one POST /users leaves in the store; or, for a version above 1, what a further command on the same user would. */
export interface UserRows {
  readonly event: EventTables['events']
  readonly user: StoreTables['users']
}

/** Makes the rows of new users as the event store would, one command each, numbering on from what is there. */
export function numberUsers(from: {
  readonly commit: number
  readonly seqs: ReadonlyMap<number, number>
}): (id: number, version?: number) => UserRows {
  const topic = 'user-events'
  const seqs = new Map(from.seqs)
  let commit = from.commit
  return (id, version = 1) => {
    const data = { id, ...newUser(id) }
    const time = new Date().toISOString()
    const stream = `user-${id}`
    const partition = partitionOf(stream, topics[topic].partitions)
    const seq = (seqs.get(partition) ?? 0) + 1
    seqs.set(partition, seq)
    commit++
    const event = {
      topic,
      partition,
      seq,
      commit_no: commit,
      // Grows, as UUIDv7 does: a random id would make the index of a bare loop slower than ours.
      id: `01990000-0000-7000-8000-${commit.toString(16).padStart(12, '0')}`,
      type: 'UserCreated',
      stream,
      stream_version: version,
      schema_version: eventTypes.UserCreated.schemaVersion,
      time,
      traceparent: `00-${id.toString(16).padStart(32, '0')}-${id.toString(16).padStart(16, '0')}-00`,
      value: encodeEvent({ type: 'UserCreated', data }, time),
    }
    return { event, user: { ...data, email_key: data.email } }
  }
}
