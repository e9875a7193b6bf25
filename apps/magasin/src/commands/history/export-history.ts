import type { FileHandle } from 'node:fs/promises'
import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'
import type { EventLog } from '@magasin/event-log/event-log'
import { openHistory, type History } from '@magasin/event-log/open-history'
import { writeWholeFile } from '@magasin/service-kit/whole-file'
import { CommandOrder } from './command-order.ts'
import { Completeness } from './completeness.ts'
import { exportLine } from './export-line.ts'
import { createProgressBar } from '../../output/progress-bar.ts'
import { untilInterrupted } from '../../until-interrupted.ts'

export interface ExportRequest {
  readonly log: EventLog
  /** Of one store. */
  readonly topics: readonly string[]
  /** The file, which is there whole or not at all. */
  readonly out: string
  /** `floor`: each partition begins at the first event that is still there. */
  readonly from: 'beginning' | 'floor'
  /** Refuses a history in which a command is missing: right for all topics of a store that were read at one moment. */
  readonly everyCommand: boolean
}

export interface Exported {
  readonly completeness: Completeness
  readonly order: CommandOrder
  readonly logId: string | null
  readonly seconds: number
}

/**
 * Writes the history of topics into a file, as it is when this is called, in the order in which it happened.
 * Throws LOG_GAP where an event is missing, LOG_DAMAGED where one comes too late, LOG_FOREIGN for topics of two stores.
 */
export async function exportHistory(request: ExportRequest): Promise<Exported> {
  const { log, topics, out, from } = request
  const history = await openHistory(log, topics, { from })
  const started = performance.now()
  const proof = { completeness: new Completeness(history.partitions), order: new CommandOrder() }
  const take = (page: readonly EventRecord[]) => {
    proof.completeness.take(page)
    proof.order.take(page)
    if (request.everyCommand) refuseMissing(proof.order)
  }
  const write = (handle: FileHandle, signal: AbortSignal) => writeEvents(handle, { history, take, signal })
  await untilInterrupted((signal) => writeWholeFile(out, (handle) => write(handle, signal)))
  return { ...proof, logId: history.logId, seconds: (performance.now() - started) / 1_000 }
}

function refuseMissing({ firstMissing }: CommandOrder): void {
  if (firstMissing === null) return
  const { commandNo, commandIndex } = firstMissing
  throw new MagasinError(
    'LOG_GAP',
    `number ${commandIndex} of command ${commandNo} is in none of the topics, and later ones are: the history of the store is not complete`,
    { facts: { commandNo, commandIndex } },
  )
}

// All at once at the end, the disk would keep the commits of a shop that runs waiting behind it; more often, it waits itself.
const flushEvery = 20_000

/** Reads the next page while this one is being written. Memory holds a page of each partition, however long the history is. */
async function writeEvents(
  handle: FileHandle,
  from: {
    readonly history: History
    /** Sees each page before it is written. */
    readonly take: (page: readonly EventRecord[]) => void
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { history, take, signal } = from
  const bar = createProgressBar('exporting', history.total)
  let writing = handle.write('[')
  let written = 0
  let flushed = 0
  for await (const page of history.pages()) {
    signal.throwIfAborted()
    const text = `${written === 0 ? '\n' : ',\n'}${page.map(exportLine).join(',\n')}`
    take(page)
    written += page.length
    await writing
    writing = handle.write(text)
    if (written >= flushed + flushEvery) {
      await writing
      await handle.datasync()
      flushed = written
    }
    bar.at(written)
  }
  await writing
  await handle.write(written === 0 ? ']\n' : '\n]\n')
  bar.end()
}
