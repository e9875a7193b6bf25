import type { EventTables } from '@magasin/event-log/event-table'
import type { StoreTables } from '@magasin/store-manager/tables'
import { eventRow, placeOfEvent } from './event-row.ts'

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
  const seqs = new Map(from.seqs)
  let commandNo = from.commandNo
  return (id, version = 1) => {
    const data = { id, ...newUser(id) }
    const created = { type: 'UserCreated', data } as const
    const { partition } = placeOfEvent(created)
    const seq = (seqs.get(partition) ?? 0) + 1
    seqs.set(partition, seq)
    commandNo++
    const event = eventRow(created, { seq, commandNo, index: 0, version, eventNo: commandNo })
    return { event, user: { ...data, email_key: data.email } }
  }
}
