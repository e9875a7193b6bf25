import type { FileHandle } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { isTopicName, topicNames, type TopicName } from '@magasin/contracts/topics'
import type { EventTables } from '@magasin/contracts/event-tables'
import { openHistory, type History } from '@magasin/event-log/open-history'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { writeWholeFile } from '@magasin/service-kit/whole-file'
import { readShopConfig } from '@magasin/shop/config'
import { openSqlite } from '@magasin/sql/sqlite/open-sqlite'
import { storeFile } from '@magasin/store-manager/open-store'
import { Command, InvalidArgumentError } from 'commander'
import { Completeness } from '../completeness.ts'
import { exportLine } from '../export-line.ts'
import { createProgressBar } from '../output/progress-bar.ts'
import { tell } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'
import { untilInterrupted } from '../until-interrupted.ts'

interface ExportOptions {
  readonly topic: TopicName
  readonly out?: string
}

/** `magasin history export` */
export function historyCommand(): Command {
  const history = new Command('history').description('the history of the store')
  history
    .command('export')
    .description('write all events of a topic into a JSON file, proven complete; the shop may be running')
    .option('--topic <topic>', `which: ${topicNames.join(', ')}`, topicArgument, 'user-events')
    .option('--out <file>', 'where to (default: TOPIC.json); an older file is replaced when the new one is whole')
    .action(runCommand(exportHistory))
  return history
}

async function exportHistory({ topic, out = `${topic}.json` }: ExportOptions): Promise<void> {
  const database = openSqlite<EventTables>({ file: storeFile(readShopConfig().dataDir), readOnly: true })
  // A shop that runs on the same machine goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  try {
    const history = await openHistory(await openTableLog({ database }), topic)
    const started = performance.now()
    const completeness = new Completeness(topic, history.partitions)
    const write = (handle: FileHandle, signal: AbortSignal) => writeEvents(handle, { history, completeness, signal })
    await untilInterrupted((signal) => writeWholeFile(out, (handle) => write(handle, signal)))
    tellRead(completeness, { topic, out, seconds: (performance.now() - started) / 1_000 })
  } finally {
    await database.close()
  }
}

// All at once at the end, the disk would keep the commits of a shop that runs waiting behind it; more often, it waits itself.
const flushEvery = 20_000

/** Reads the next page while this one is being written. Memory holds a page of each partition, however long the history is. */
async function writeEvents(
  handle: FileHandle,
  from: { readonly history: History; readonly completeness: Completeness; readonly signal: AbortSignal },
): Promise<void> {
  const { history, completeness, signal } = from
  const bar = createProgressBar('exporting', history.total)
  let writing = handle.write('[')
  let flushed = 0
  for await (const page of history.pages()) {
    signal.throwIfAborted()
    const text = `${completeness.total === 0 ? '\n' : ',\n'}${page.map(exportLine).join(',\n')}`
    completeness.take(page)
    await writing
    writing = handle.write(text)
    if (completeness.total >= flushed + flushEvery) {
      await writing
      await handle.datasync()
      flushed = completeness.total
    }
    bar.at(completeness.total)
  }
  await writing
  await handle.write(completeness.total === 0 ? ']\n' : '\n]\n')
  bar.end()
}

function tellRead(
  { total, ranges }: Completeness,
  { topic, out, seconds }: { readonly topic: string; readonly out: string; readonly seconds: number },
): void {
  for (const { partition, first, last } of ranges) tell(`${topic} partition ${partition}: ${last - first + 1} events`)
  tell(`${total} events read in ${seconds.toFixed(1)} s, complete: 1 to the end in every partition; written to ${out}`)
}

function topicArgument(text: string): TopicName {
  if (!isTopicName(text)) throw new InvalidArgumentError(`The topics are: ${topicNames.join(', ')}.`)
  return text
}
