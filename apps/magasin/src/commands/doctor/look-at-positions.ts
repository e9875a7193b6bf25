import type { TopicDescription } from '@magasin/event-log/event-log'
import { openOwnDatabase } from '@magasin/host/open-own-database'
import type { PartWithDatabase } from '@magasin/host/part'
import { partsWithDatabase } from '@magasin/shop/parts'
import { countParked } from '@magasin/subscribers/parking'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { findDatabase, type DatabaseSettings } from '../../databases.ts'
import { fault, note, ok, type Finding } from './finding.ts'

type Position = SubscriberTables['positions']

/** Compares how far each subscriber is with what was recorded. */
export async function lookAtPositions(
  config: DatabaseSettings,
  described: readonly TopicDescription[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const part of partsWithDatabase)
    if (part.holds.positions)
      findings.push(
        ...(await lookAtPart(
          config,
          part,
          described.filter(({ topic }) => part.follows.includes(topic)),
        )),
      )
  return findings
}

async function lookAtPart(
  config: DatabaseSettings,
  part: PartWithDatabase,
  followed: readonly TopicDescription[],
): Promise<readonly Finding[]> {
  const place = await findDatabase(config, part)
  if (place === undefined) return [note(part.ifMissing)]
  const database = await openOwnDatabase<SubscriberTables>({ part, place, readOnly: true })
  try {
    const positions = await database.reader.selectFrom('positions').selectAll().execute()
    const parked = await countParked(database.reader)
    return [
      parked === 0 ? ok('no event is parked') : note(`${parked} events are parked: \`magasin parked list\``),
      lookAtProgress(part, positions, followed),
    ]
  } finally {
    await database.close()
  }
}

function lookAtProgress(
  { title }: PartWithDatabase,
  positions: readonly Position[],
  followed: readonly TopicDescription[],
): Finding {
  let lag = 0
  for (const { topic, logId, partitions } of followed)
    for (const { partition, end } of partitions) {
      const position = positions.find((one) => one.topic === topic && one.partition === partition)
      if (position !== undefined && position.log_id !== logId)
        return fault(`${title}’s database belongs to another store`, 'put its own back, or delete that database')
      if (position !== undefined && position.seq > end)
        return fault(
          `${title} is at event ${position.seq} of ${topic} partition ${partition}, which ends at ${end}`,
          'put both databases of one backup back',
        )
      lag += end - (position?.seq ?? 0)
    }
  return lag === 0 ? ok(`${title} has handled every event`) : note(`${lag} events are still to be handled by ${title}`)
}
