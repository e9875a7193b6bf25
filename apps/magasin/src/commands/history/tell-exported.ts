import { ExitCode } from '@magasin/service-kit/exit-codes'
import { tell } from '../../output/tell.ts'
import type { ChosenTopics } from './choose-topics.ts'
import type { TakenRange } from './completeness.ts'
import type { Exported } from './export-history.ts'

/** What was exported, and where to. */
export type Told = Exported & ChosenTopics & { readonly out: string }

/** Tells of a history that has every event of its partitions; the exit code. */
export function tellComplete({ completeness, order, logId, seconds, isWholeStore, topics, out }: Told): ExitCode {
  const { total, ranges } = completeness
  for (const topic of topics) tellTopic(topic, ranges)
  if (logId === null)
    tell(
      'Nothing of a store was ever published there: if it should have been, look at MAGASIN_TOPIC_PREFIX and KAFKA_TOPIC.',
    )
  const read = `${total} events read in ${seconds.toFixed(1)} s`
  if (!isWholeStore) {
    tell(`${read}, complete: 1 to the end in every partition; written to ${out}`)
    return ExitCode.done
  }
  const { firstMissing, lastCommand } = order
  if (firstMissing === null) {
    const commands = lastCommand === 0 ? '' : `, and every command from 1 to ${lastCommand}`
    tell(`${read}, complete: 1 to the end in every partition of every topic${commands}; written to ${out}`)
    return ExitCode.done
  }
  tell(`${read}, 1 to the end in every partition of every topic, written to ${out}`)
  tell(
    `NOT COMPLETE: number ${firstMissing.commandIndex} of command ${firstMissing.commandNo} is not there, and later ones are: it is still on its way, or a topic has lost it; \`--from table\` has everything.`,
  )
  return ExitCode.historyIncomplete
}

function tellTopic(topic: string, ranges: readonly TakenRange[]): void {
  const ofTopic = ranges.filter((range) => range.topic === topic)
  if (ofTopic.every(({ first, last }) => last < first)) tell(`${topic}: no event yet`)
  else
    for (const { partition, first, last } of ofTopic)
      tell(`${topic} partition ${partition}: ${last - first + 1} events`)
}

/** Tells of a history that begins at what is still there; the exit code. */
export function tellIncomplete({ completeness, seconds, out }: Told): ExitCode {
  const { total, ranges } = completeness
  for (const { topic, partition, first, last } of ranges)
    tell(
      last < first
        ? `${topic} partition ${partition}: 0 events are there`
        : `${topic} partition ${partition}: ${last - first + 1} events, ${first} to ${last}${first === 1 ? '' : `; ${first - 1} before them are gone`}`,
    )
  tell(`${total} events read in ${seconds.toFixed(1)} s, without a hole, written to ${out}`)
  tell('NOT COMPLETE: the beginning of a partition was removed on the broker; `--from table` has everything.')
  return ExitCode.historyIncomplete
}
