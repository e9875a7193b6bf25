import type { EventTables } from '@magasin/event-log/event-table'
import { partitionOf } from '@magasin/contracts/partition-of'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
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
  readonly commandNo: number
  readonly seqs: ReadonlyMap<number, number>
}): (id: number, version?: number) => UserRows {
  const topic = 'user-events'
  const seqs = new Map(from.seqs)
  let commandNo = from.commandNo
  return (id, version = 1) => {
    const data = { id, ...newUser(id) }
    const time = new Date().toISOString()
    const stream = `user-${id}`
    const partition = partitionOf(stream, shopCatalogue.topic(topic).partitions)
    const seq = (seqs.get(partition) ?? 0) + 1
    seqs.set(partition, seq)
    commandNo++
    const event = {
      topic,
      partition,
      seq,
      command_no: commandNo,
      command_index: 0,
      // Grows, as UUIDv7 does: a random id would make the index of a bare loop slower than ours.
      event_id: `01990000-0000-7000-8000-${commandNo.toString(16).padStart(12, '0')}`,
      type: 'UserCreated',
      stream,
      stream_version: version,
      schema_version: shopCatalogue.event('UserCreated').schemaVersion,
      time,
      caused_by: null,
      traceparent: `00-${id.toString(16).padStart(32, '0')}-${id.toString(16).padStart(16, '0')}-00`,
      value: shopCatalogue.encode({ type: 'UserCreated', data }, time),
    }
    return { event, user: { ...data, email_key: data.email } }
  }
}
