import { setImmediate } from 'node:timers/promises'
import type { PlacedPosition } from '@magasin/event-log/event-log'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import type { ReadModels } from '../define-read-models.ts'
import type { GenerationWriter } from '../read-model-store.ts'
import { applyBatch } from './apply-batch.ts'
import { told } from './unavailable.ts'

interface WriterParts {
  readonly database: SqlDatabase<unknown>
  readonly models: ReadModels
  readonly generation: number
}

export function writerOf({ database, models, generation }: WriterParts): GenerationWriter {
  return {
    generation,
    async apply(batch) {
      await told(database.transaction((tx) => applyBatch(tx, { models, generation }, batch)))
      // SQLite works on the thread of the process: between two batches of a build everybody else has a turn.
      await setImmediate()
    },
    async positions() {
      const query = sql<PlacedPosition>`select topic, partition, log_id as "logId", seq,
        event_id as "eventId" from positions where generation = ${generation}`
      return (await told(query.execute(database.reader))).rows
    },
  }
}
