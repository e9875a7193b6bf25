import type { EventTables } from '@magasin/event-log/event-table'
import type { TopicDescription } from '@magasin/event-log/event-log'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { ExitCode } from '@magasin/service-kit/exit-codes'
import { readShopConfig } from '@magasin/shop/config'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { Command } from 'commander'
import { topicArgument, topicNames, wholeNumber } from '../../arguments.ts'
import { withEventTable } from '../../databases.ts'
import { kafkaOptions } from '../../kafka.ts'
import { tell } from '../../output/tell.ts'
import { runCommand } from '../../run-command.ts'
import { describeTopics } from './describe-topics.ts'
import { tellTopics } from './tell-topics.ts'

/** `magasin log describe | republish` */
export function logCommand(): Command {
  const log = new Command('log').description('what carries events to subscribers')
  log
    .command('describe')
    .description('read all of the log, and say what it holds, who reads it, and whether anything is missing')
    .option('--topic <topic>', `one topic only: ${topicNames.join(', ')}`, topicArgument)
    .option('--json', 'as JSON, for programs')
    .action(runCommand(describe))
  log
    .command('republish')
    .description(
      'append events to a Kafka topic again, from the table: whoever lacks them takes them, others pass over',
    )
    .requiredOption('--topic <topic>', `which: ${topicNames.join(', ')}`, topicArgument)
    .requiredOption('--from <seq>', 'the number of the event to begin with', wholeNumber)
    .option('--partition <partition>', 'one partition only', partitionArgument)
    .action(runCommand(republish))
  return log
}

async function describe({ topic, json }: { readonly topic?: string; readonly json?: true }): Promise<ExitCode> {
  const config = readShopConfig()
  const described = await describeTopics(config, topic === undefined ? topicNames : [topic])
  if (json) tell(JSON.stringify(described, null, 2))
  else tellTopics(described, config)
  return described.some(hasGap) ? ExitCode.historyIncomplete : ExitCode.done
}

const hasGap = ({ partitions, groups }: TopicDescription): boolean =>
  [...partitions, ...groups.flatMap((group) => group.partitions)].some(({ gapAt }) => gapAt !== null)

interface RepublishOptions {
  readonly topic: string
  readonly from: number
  readonly partition?: number
}

async function republish({ topic, from, partition }: RepublishOptions, command: Command): Promise<void> {
  const all = Array.from({ length: shopCatalogue.topic(topic).partitions }, (_, i) => i)
  if (partition !== undefined && !all.includes(partition))
    command.error(`error: ${topic} has the partitions 0 to ${all.length - 1}`)
  const config = readShopConfig()
  const kafka = kafkaOptions(config)
  const { republishTopic } = await import('./republish-topic.ts')
  const partitions = partition === undefined ? all : [partition]
  const work = async (database: SqlDatabase<EventTables>) =>
    republishTopic({ database, table: await openTableLog({ database }), kafka, topic, from, partitions })
  // What is published cannot be taken back, so it is settled before.
  const appended = await withEventTable({ config, topic, readOnly: false }, work)
  const counts = appended.filter(({ count }) => count > 0)
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) tell(`Nothing was appended: no partition goes as far as event ${from}.`)
  else
    tell(
      `${total} events were appended: ${counts.map((one) => `${one.count} to partition ${one.partition}`).join(', ')}`,
    )
}

function partitionArgument(text: string): number {
  return text === '0' ? 0 : wholeNumber(text)
}
