import { openTableLog } from '@magasin/event-log/table/table-log'
import { readModelTopics } from '@magasin/store-manager/read-models'
import { withEventTable, type DatabaseSettings } from '../../databases.ts'

/** How many events there are from which read models are projected. Throws DATA_MISSING if there is no store. */
export async function countRecorded(config: DatabaseSettings): Promise<number> {
  const [topic = ''] = readModelTopics
  // One store records all of them.
  return withEventTable({ config, topic }, async (database) => {
    const log = await openTableLog({ database })
    const snapshots = await log.snapshots(readModelTopics)
    return snapshots.reduce((sum, { total }) => sum + total, 0)
  })
}
