import { constants, setPriority } from 'node:os'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { ExitCode } from '@magasin/service-kit/exit-codes'
import { readShopConfig } from '@magasin/shop/config'
import { Command, Option } from 'commander'
import { topicArgument, topicNames } from '../../arguments.ts'
import { withEventTable } from '../../databases.ts'
import { openLogOnBrokers } from '../../kafka.ts'
import { tell } from '../../output/tell.ts'
import { runCommand } from '../../run-command.ts'
import { exportHistory, type Exported, type ExportRequest } from './export-history.ts'

interface ExportOptions {
  readonly topic: string
  readonly from: 'table' | 'log'
  readonly out?: string
}

/** `magasin history export` */
export function historyCommand(): Command {
  const history = new Command('history').description('the history of the store')
  const from = new Option('--from <source>', 'table: where it was recorded; log: the brokers, which may have forgotten')
  history
    .command('export')
    .description('write all events of a topic into a JSON file, proven complete; the shop may be running')
    .option('--topic <topic>', `which: ${topicNames.join(', ')}`, topicArgument, topicNames[0])
    .addOption(from.choices(['table', 'log']).default('table'))
    .option('--out <file>', 'where to (default: TOPIC.json); an older file is replaced when the new one is whole')
    .action(runCommand(exportTopic))
  return history
}

async function exportTopic({ topic, from, out = `${topic}.json` }: ExportOptions): Promise<ExitCode> {
  // A shop that runs on the same machine goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  return from === 'table' ? exportFromTable({ topic, out }) : exportFromLog({ topic, out })
}

type Target = Pick<ExportRequest, 'topic' | 'out'>

function exportFromTable(target: Target): Promise<ExitCode> {
  return withEventTable({ config: readShopConfig(), topic: target.topic }, async (database) => {
    const log = await openTableLog({ database })
    return tellComplete(await exportHistory({ ...target, log, from: 'beginning' }), target)
  })
}

/** It joins no group and moves nobody's position. What the brokers have forgotten is no failure, and no success either. */
async function exportFromLog(target: Target): Promise<ExitCode> {
  const log = await openLogOnBrokers(readShopConfig())
  try {
    try {
      return tellComplete(await exportHistory({ ...target, log, from: 'beginning' }), target)
    } catch (error) {
      if (!isMagasinError(error, 'LOG_GAP')) throw error
      // Where it is not the beginning that is missing, this fails in the same way.
      return tellIncomplete(await exportHistory({ ...target, log, from: 'floor' }), target)
    }
  } finally {
    await log.close()
  }
}

function tellComplete({ completeness, logId, seconds }: Exported, { topic, out }: Target): ExitCode {
  const { total, ranges } = completeness
  for (const { partition, first, last } of ranges) tell(`${topic} partition ${partition}: ${last - first + 1} events`)
  if (logId === null)
    tell(
      'Nothing of a store was ever published there: if it should have been, look at MAGASIN_TOPIC_PREFIX and KAFKA_TOPIC.',
    )
  tell(`${total} events read in ${seconds.toFixed(1)} s, complete: 1 to the end in every partition; written to ${out}`)
  return ExitCode.done
}

function tellIncomplete({ completeness, seconds }: Exported, { topic, out }: Target): ExitCode {
  const { total, ranges } = completeness
  for (const { partition, first, last } of ranges)
    tell(
      last < first
        ? `${topic} partition ${partition}: 0 events are there`
        : `${topic} partition ${partition}: ${last - first + 1} events, ${first} to ${last}${first === 1 ? '' : `; ${first - 1} before them are gone`}`,
    )
  tell(`${total} events read in ${seconds.toFixed(1)} s, without a hole, written to ${out}`)
  tell('NOT COMPLETE: the beginning of a partition was removed on the broker; `--from table` has everything.')
  return ExitCode.historyIncomplete
}
