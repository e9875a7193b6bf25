import { constants, setPriority } from 'node:os'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { openTableLog } from '@magasin/event-log/table/table-log'
import type { ExitCode } from '@magasin/service-kit/exit-codes'
import { readShopConfig } from '@magasin/shop/config'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { Command, Option } from 'commander'
import { topicArgument, topicNames } from '../../arguments.ts'
import { withEventTable } from '../../databases.ts'
import { openLogOnBrokers } from '../../kafka.ts'
import { runCommand } from '../../run-command.ts'
import { chooseTopics, type Choice, type ChosenTopics } from './choose-topics.ts'
import { exportHistory } from './export-history.ts'
import { tellComplete, tellIncomplete } from './tell-exported.ts'

interface ExportOptions extends Choice {
  readonly from: 'table' | 'log'
  readonly out?: string
}

/** `magasin history export` */
export function historyCommand(): Command {
  const history = new Command('history').description('the history of the store')
  const from = new Option('--from <source>', 'table: where it was recorded; log: the brokers, which may have forgotten')
  history
    .command('export')
    .description(
      'write all events of a topic, or of the store, into a JSON file, proven complete; the shop may be running',
    )
    .option('--topic <topic>', `one topic: ${topicNames.join(', ')}`, topicArgument)
    .option('--all', 'every topic of a store, as one history in the order in which it happened')
    .option('--service <service>', 'with --all: whose store, if more than one service records events')
    .addOption(from.choices(['table', 'log']).default('table'))
    .option(
      '--out <file>',
      'where to (default: TOPIC.json, with --all history.json); an older file is replaced when the new one is whole',
    )
    .action(runCommand(exportTopics))
  return history
}

async function exportTopics({ from, out, ...choice }: ExportOptions, command: Command): Promise<ExitCode> {
  const chosen = chooseTopics(shopCatalogue, choice)
  if ('wrong' in chosen) command.error(`error: ${chosen.wrong}`)
  // A shop that runs on the same machine goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const target = { ...chosen, out: out ?? `${choice.topic ?? 'history'}.json` }
  return from === 'table' ? exportFromTable(target) : exportFromLog(target)
}

type Target = ChosenTopics & { readonly out: string }

function exportFromTable(target: Target): Promise<ExitCode> {
  const { topics, isWholeStore } = target
  // They are all of one store, so any of them leads to its table.
  return withEventTable({ config: readShopConfig(), topic: topics[0]! }, async (database) => {
    const log = await openTableLog({ database })
    const exported = await exportHistory({ ...target, log, from: 'beginning', everyCommand: isWholeStore })
    return tellComplete({ ...target, ...exported })
  })
}

/** It joins no group and moves nobody's position. What the brokers have forgotten is no failure, and no success either. */
async function exportFromLog(target: Target): Promise<ExitCode> {
  const log = await openLogOnBrokers(readShopConfig())
  // Each partition ends where the relay is by now: that the others are not as far is told, and refuses nothing.
  const request = { ...target, log, everyCommand: false }
  try {
    try {
      return tellComplete({ ...target, ...(await exportHistory({ ...request, from: 'beginning' })) })
    } catch (error) {
      if (!isMagasinError(error, 'LOG_GAP')) throw error
      // Where it is not the beginning that is missing, this fails in the same way.
      return tellIncomplete({ ...target, ...(await exportHistory({ ...request, from: 'floor' })) })
    }
  } finally {
    await log.close()
  }
}
