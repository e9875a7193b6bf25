import { MagasinError } from '@magasin/contracts/magasin-error'
import type { TopicDefinition } from '@magasin/contracts/define-family'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { EventStoreTables } from './tables.ts'

/**
 * Makes the counters of topics that are new, and refuses a topic whose partition count changed (TOPIC_PARTITIONS_CHANGED):
 * streams would move to other partitions, and their order would be lost.
 */
export async function prepareTopics(
  database: SqlDatabase<EventStoreTables>,
  topics: readonly Pick<TopicDefinition, 'name' | 'partitions'>[],
): Promise<void> {
  const counters = await database.reader.selectFrom('partition_counters').selectAll().execute()
  const missing: EventStoreTables['partition_counters'][] = []
  for (const { name: topic, partitions } of topics) {
    const had = counters.filter((counter) => counter.topic === topic).length
    if (had === 0)
      for (let partition = 0; partition < partitions; partition++) missing.push({ topic, partition, last_seq: 0 })
    else if (had !== partitions)
      throw new MagasinError(
        'TOPIC_PARTITIONS_CHANGED',
        `${topic} was made with ${had} partitions and cannot be given ${partitions}: put the number in its family back`,
      )
  }
  if (missing.length === 0) return
  try {
    await database.transaction((tx) => tx.insertInto('partition_counters').values(missing).execute())
  } catch (error) {
    // Another process made them at the same moment: what it made is checked like any other.
    if (database.faultOf(error) !== 'duplicate') throw error
    await prepareTopics(database, topics)
  }
}
