import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { OpenedLog } from '../conformance/event-log-case.ts'
import type { EventTables } from '../table/event-table.ts'
import { appendEvents } from './event-tables.ts'

/** What is done to an event table by the conformance suite. */
export function tableCase(database: SqlDatabase<EventTables>): Omit<OpenedLog, 'log' | 'logId'> {
  const rowAt = (partition: number, seq: number) => {
    const query = database.reader.selectFrom('events').selectAll().where('topic', '=', 'member-events')
    return query.where('partition', '=', partition).where('seq', '=', seq).executeTakeFirstOrThrow()
  }
  return {
    async append(partition, count, topic = 'member-events') {
      await appendEvents(
        database,
        Array.from({ length: count }, () => ({ topic, partition })),
      )
    },
    async appendTogether(places) {
      const query = database.reader.selectFrom('events').select((eb) => eb.fn.max('command_no').as('last'))
      const commandNo = Number((await query.executeTakeFirstOrThrow()).last ?? 0) + 1
      await appendEvents(
        database,
        places.map((at, commandIndex) => ({ ...at, commandNo, commandIndex })),
      )
    },
    idAt: async (partition, seq) => (await rowAt(partition, seq)).event_id,
    async lose(partition, seq) {
      const row = await rowAt(partition, seq)
      await database.transaction((tx) => tx.deleteFrom('events').where('event_id', '=', row.event_id).execute())
      return async () => {
        await database.transaction((tx) =>
          tx
            .insertInto('events')
            .values({ ...row })
            .execute(),
        )
      }
    },
    async putBack(partition, seq) {
      await database.transaction(async (tx) => {
        const later = tx.deleteFrom('events').where('topic', '=', 'member-events').where('partition', '=', partition)
        await later.where('seq', '>', seq).execute()
        const counter = tx.updateTable('partition_counters').set({ last_seq: seq }).where('topic', '=', 'member-events')
        await counter.where('partition', '=', partition).execute()
      })
    },
  }
}
