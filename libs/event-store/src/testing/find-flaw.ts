import { recordOf } from '@magasin/event-log/event-table'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { EventStoreTables } from '../tables.ts'

/**
 * What is wrong with the numbers that a reader of the event table sees now, as a sentence; undefined when nothing is.
 * Seqs 1, 2, 3 … in every partition and command numbers that never fall in it; versions 1, 2, 3 … in every stream.
 */
export async function findFlaw(database: SqlDatabase<EventStoreTables>): Promise<string | undefined> {
  const query = database.reader.selectFrom('events').selectAll()
  const rows = await query.orderBy('topic').orderBy('partition').orderBy('seq').execute()
  const lasts = new Map<string, { seq: number; commandNo: number }>()
  const versions = new Map<string, number>()
  for (const { topic, partition, seq, commandNo, stream, streamVersion } of rows.map((row) => recordOf('', row))) {
    const place = `${topic}/${partition}`
    const last = lasts.get(place) ?? { seq: 0, commandNo: 0 }
    if (seq !== last.seq + 1) return `${place} shows seq ${seq} where ${last.seq + 1} is next`
    if (commandNo < last.commandNo) return `${place} shows commandNo ${commandNo} after ${last.commandNo}`
    lasts.set(place, { seq, commandNo })
    const version = (versions.get(stream) ?? 0) + 1
    if (streamVersion !== version) return `${stream} shows version ${streamVersion} where ${version} is next`
    versions.set(stream, version)
  }
  return undefined
}
