import { existsSync } from 'node:fs'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog, TopicDescription } from '@magasin/event-log/event-log'
import { openHistory } from '@magasin/event-log/open-history'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { databaseFile } from '@magasin/host/open-own-database'
import type { PartWithDatabase } from '@magasin/host/part'
import { partsWithDatabase } from '@magasin/shop/parts'
import { checkSqlite } from '@magasin/sql/sqlite/copy-sqlite'
import { topicNames } from '../../arguments.ts'
import { findDatabase, recorderOf, withEventTable, type DatabaseSettings } from '../../databases.ts'
import { fault, note, ok, type Finding } from './finding.ts'
import { lookAtPositions, type PositionSettings } from './look-at-positions.ts'

const putBack = 'stop the shop and put a backup back'

/**
 * Looks at what the shop has recorded: whole files, complete histories, subscribers that can go on.
 * Throws CONFIG_INVALID if the settings do not say which shop is meant.
 */
export async function lookAtDatabases(config: PositionSettings): Promise<readonly Finding[]> {
  const files = config.database === 'sqlite' ? lookAtFiles(config.dataDir) : []
  if (files.some(({ kind }) => kind === 'fault')) return files
  try {
    const missing = await findMissing(config)
    const notes = missing.map(({ ifMissing }) => note(ifMissing))
    const recorded = topicNames.filter((topic) => !missing.includes(recorderOf(topic)))
    if (recorded.length === 0) return [...files, ...notes]
    const histories: Finding[] = []
    const described: TopicDescription[] = []
    for (const topic of recorded)
      await withEventTable({ config, topic }, async (database) => {
        const log = await openTableLog({ database })
        histories.push(await lookAtHistory(log, topic))
        described.push(await log.describe(topic))
      })
    return [...files, ...notes, ...histories, ...(await lookAtPositions(config, described))]
  } catch (error) {
    if (isMagasinError(error, 'CONFIG_INVALID')) throw error
    return [...files, unreadable(error)]
  }
}

/** The parts whose events are not there: nothing was recorded yet, and nothing can have been read. */
async function findMissing(config: DatabaseSettings): Promise<readonly PartWithDatabase[]> {
  const missing: PartWithDatabase[] = []
  for (const part of partsWithDatabase)
    if (part.holds.events && (await findDatabase(config, part)) === undefined) missing.push(part)
  return missing
}

const lookAtFiles = (dataDir: string): readonly Finding[] =>
  partsWithDatabase
    .map((part) => databaseFile(part, dataDir))
    .filter((file) => existsSync(file))
    .map(lookAtFile)

function unreadable(error: unknown): Finding {
  // What a killed first start left unfinished, the next one finishes.
  if (isMagasinError(error, 'DATA_MISSING')) return note(error.message)
  const what = `what is recorded cannot be read (${(error as Error).message})`
  const isLost = isMagasinError(error, 'DATABASE_DAMAGED') || isMagasinError(error, 'LOG_GAP')
  return fault(
    what,
    isLost ? putBack : 'do what the message says, and ask again; what is recorded is not shown to be damaged',
  )
}

function lookAtFile(file: string): Finding {
  const faults = checkSqlite(file)
  return faults.length === 0 ? ok(`${file} is whole`) : fault(`${file} is damaged: ${faults.join('; ')}`, putBack)
}

async function lookAtHistory(log: EventLog, topic: string): Promise<Finding> {
  try {
    const history = await openHistory(log, [topic])
    for await (const page of history.pages()) void page
    return ok(`${topic}: ${history.total} events, 1 to the end in every partition`)
  } catch (error) {
    if (!isMagasinError(error, 'LOG_GAP')) throw error
    return fault(error.message, putBack)
  }
}
