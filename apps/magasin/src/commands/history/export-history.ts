import type { FileHandle } from 'node:fs/promises'
import type { EventLog } from '@magasin/event-log/event-log'
import { openHistory, type History } from '@magasin/event-log/open-history'
import { writeWholeFile } from '@magasin/service-kit/whole-file'
import { Completeness } from './completeness.ts'
import { exportLine } from './export-line.ts'
import { createProgressBar } from '../../output/progress-bar.ts'
import { untilInterrupted } from '../../until-interrupted.ts'

export interface ExportRequest {
  readonly log: EventLog
  readonly topic: string
  /** The file, which is there whole or not at all. */
  readonly out: string
  /** `floor`: each partition begins at the first event that is still there. */
  readonly from: 'beginning' | 'floor'
}

export interface Exported {
  readonly completeness: Completeness
  readonly logId: string | null
  readonly seconds: number
}

/** Writes the history of a topic into a file, as it is when this is called. Throws LOG_GAP where an event is missing. */
export async function exportHistory({ log, topic, out, from }: ExportRequest): Promise<Exported> {
  const history = await openHistory(log, [topic], { from })
  const started = performance.now()
  const partitions = history.partitions.map(({ partition }) => partition)
  const completeness = new Completeness(topic, partitions)
  const write = (handle: FileHandle, signal: AbortSignal) => writeEvents(handle, { history, completeness, signal })
  await untilInterrupted((signal) => writeWholeFile(out, (handle) => write(handle, signal)))
  return { completeness, logId: history.logId, seconds: (performance.now() - started) / 1_000 }
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
