import type { TopicDescription } from '@magasin/event-log/event-log'
import { openOwnDatabase } from '@magasin/host/open-own-database'
import type { PartWithDatabase } from '@magasin/host/part'
import { partsWithDatabase } from '@magasin/shop/parts'
import { countParked } from '@magasin/subscribers/parking'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { ShopConfig } from '@magasin/shop/config'
import { findDatabase, type DatabaseSettings } from '../../databases.ts'
import { fault, note, ok, type Finding } from './finding.ts'

/** The settings that say where positions are, and whose. */
export type PositionSettings = DatabaseSettings & Pick<ShopConfig, 'group'>

type Position = SubscriberTables['positions']

/** Compares how far each subscriber is with what was recorded. */
export async function lookAtPositions(
  config: PositionSettings,
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
  config: PositionSettings,
  part: (typeof partsWithDatabase)[number],
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
      ...lookAtGroups(part, { positions, followed, today: part.groups?.(config) }),
    ]
  } finally {
    await database.close()
  }
}

/** How far each group of a part is: those that read today if it is known who they are, else all that have a position. */
export function lookAtGroups(
  { title }: Pick<PartWithDatabase, 'title'>,
  { positions, followed, today }: Followed,
): readonly Finding[] {
  const byGroup = Map.groupBy(positions, ({ group_name }) => group_name)
  const groups = today ?? [...byGroup.keys()]
  if (groups.length === 0) return [lookAtProgress(title, [], followed)]
  return groups.map((group) => lookAtProgress(`${title} (group ${group})`, byGroup.get(group) ?? [], followed))
}

interface Followed {
  readonly positions: readonly Position[]
  readonly followed: readonly TopicDescription[]
  readonly today: readonly string[] | undefined
}

function lookAtProgress(title: string, positions: readonly Position[], followed: readonly TopicDescription[]): Finding {
  let lag = 0
  for (const { topic, logId, partitions } of followed)
    for (const { partition, end } of partitions) {
      const position = positions.find((one) => one.topic === topic && one.partition === partition)
      if (position !== undefined && position.log_id !== logId)
        return fault(`the database of ${title} belongs to another store`, 'put its own back, or delete that database')
      if (position !== undefined && position.seq > end)
        return fault(
          `${title} is at event ${position.seq} of ${topic} partition ${partition}, which ends at ${end}`,
          'put both databases of one backup back',
        )
      lag += end - (position?.seq ?? 0)
    }
  return lag === 0 ? ok(`${title} has handled every event`) : note(`${lag} events are still to be handled by ${title}`)
}
