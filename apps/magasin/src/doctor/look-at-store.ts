import { existsSync } from 'node:fs'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { coolrielFile, openCoolrielDatabase } from '@magasin/coolriel/open-database'
import type { EventLog } from '@magasin/event-log/event-log'
import { openHistory } from '@magasin/event-log/open-history'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { ShopConfig } from '@magasin/shop/config'
import { checkSqlite } from '@magasin/sql/sqlite/copy-sqlite'
import { storeFile } from '@magasin/store-manager/open-store'
import { countParked } from '@magasin/subscribers/parking'
import { findDatabase } from '../find-database.ts'
import { topicNames } from '../topic-argument.ts'
import { withEventTable } from '../with-database.ts'
import { fault, note, ok, type Finding } from './finding.ts'

type Place = Pick<ShopConfig, 'dataDir' | 'database'>

const putBack = 'stop the shop and put a backup back'

/**
 * Looks at what the shop has recorded: whole files, a complete history, a subscriber that can go on.
 * Throws CONFIG_INVALID where the settings do not say which shop is meant.
 */
export async function lookAtStore(config: Place): Promise<readonly Finding[]> {
  const files = config.database === 'sqlite' ? lookAtFiles(config.dataDir) : []
  if (files.some(({ kind }) => kind === 'fault')) return files
  try {
    if ((await findDatabase(config, 'store')) === undefined)
      return [...files, note('there is no store yet: the first start makes it')]
    const findings = await withEventTable(config, async (database) => {
      const log = await openTableLog({ database })
      return [...(await lookAtHistories(log)), ...(await lookAtCoolriel(config, log))]
    })
    return [...files, ...findings]
  } catch (error) {
    if (isMagasinError(error, 'CONFIG_INVALID')) throw error
    return [...files, unreadable(error)]
  }
}

const lookAtFiles = (dataDir: string): readonly Finding[] =>
  [storeFile(dataDir), coolrielFile(dataDir)].filter((file) => existsSync(file)).map(lookAtFile)

function unreadable(error: unknown): Finding {
  // What a killed first start left unfinished, the next one finishes.
  if (isMagasinError(error, 'DATA_MISSING')) return note(error.message)
  return fault(`what is recorded cannot be read (${(error as Error).message})`, putBack)
}

function lookAtFile(file: string): Finding {
  const faults = checkSqlite(file)
  return faults.length === 0 ? ok(`${file} is whole`) : fault(`${file} is damaged: ${faults.join('; ')}`, putBack)
}

async function lookAtHistories(log: EventLog): Promise<readonly Finding[]> {
  return Promise.all(
    topicNames.map(async (topic) => {
      try {
        const history = await openHistory(log, [topic])
        for await (const page of history.pages()) void page
        return ok(`${topic}: ${history.total} events, 1 to the end in every partition`)
      } catch (error) {
        if (!isMagasinError(error, 'LOG_GAP')) throw error
        return fault(error.message, putBack)
      }
    }),
  )
}

async function lookAtCoolriel(config: Place, log: EventLog): Promise<readonly Finding[]> {
  const found = await findDatabase(config, 'coolriel')
  if (found === undefined)
    return [note('Coolriel has no database here: where it never had one, it writes every e-mail again')]
  const database = await openCoolrielDatabase(found, { readOnly: true })
  try {
    const positions = await database.reader.selectFrom('positions').selectAll().execute()
    const parked = await countParked(database.reader)
    const findings: Finding[] =
      parked === 0 ? [ok('no event is parked')] : [note(`${parked} events are parked: \`magasin parked list\``)]
    let lag = 0
    for (const topic of topicNames) {
      const { logId, partitions } = await log.describe(topic)
      for (const { partition, end } of partitions) {
        const position = positions.find((one) => one.topic === topic && one.partition === partition)
        if (position === undefined) lag += end
        else if (position.log_id !== logId)
          return [
            ...findings,
            fault('Coolriel’s database belongs to another store', 'put its own back, or delete that database'),
          ]
        else if (position.seq > end)
          return [
            ...findings,
            fault(
              `Coolriel is at event ${position.seq} of ${topic} partition ${partition}, which ends at ${end}`,
              'put both databases of one backup back',
            ),
          ]
        else lag += end - position.seq
      }
    }
    return [
      ...findings,
      lag === 0 ? ok('Coolriel has handled every event') : note(`${lag} events are still to be handled by Coolriel`),
    ]
  } finally {
    await database.close()
  }
}
