import { ExitCode } from '@magasin/service-kit/exit-codes'
import { readShopConfig, type ShopConfig } from '@magasin/shop/config'
import { partsWithDatabase } from '@magasin/shop/parts'
import { isDataFolderHeld } from '@magasin/service-kit/data-folder'
import { Command } from 'commander'
import { findDatabase } from '../../databases.ts'
import { kafkaOptions } from '../../kafka.ts'
import { tell } from '../../output/tell.ts'
import { runCommand } from '../../run-command.ts'
import type { Finding } from './finding.ts'
import { lookAtDatabases } from './look-at-databases.ts'
import { lookAtMachine } from './look-at-machine.ts'
import { lookAtMysql } from './look-at-mysql.ts'
import { lookAtReadModels } from './look-at-read-models.ts'
import { lookAtRelay } from './look-at-relay.ts'

/** `magasin doctor` */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check the set-up and what is recorded, and say what to do; changes nothing, the shop may be running')
    .action(runCommand(examine))
}

async function examine(): Promise<ExitCode> {
  const config = readShopConfig()
  const findings = await lookAround(config)
  for (const finding of findings) tellFinding(finding)
  const faults = findings.filter(({ kind }) => kind === 'fault').length
  tell(faults === 0 ? '\nNothing is wrong.' : `\n${faults} ${faults === 1 ? 'fault' : 'faults'} to mend.`)
  return faults === 0 ? ExitCode.done : ExitCode.failed
}

async function lookAround(config: ShopConfig): Promise<readonly Finding[]> {
  const { database, dataDir, log } = config
  const recorders = partsWithDatabase.filter(({ holds }) => holds.events)
  const isRunning = database === 'sqlite' && recorders.some((part) => isDataFolderHeld(dataDir, part.database))
  const machine = await lookAtMachine(config, { isRunning })
  const server = database === 'sqlite' ? [] : await lookAtMysql(database)
  const brokers = log === 'table' ? [] : await lookAtBrokers(config)
  const around = [...machine, ...server, ...brokers]
  const isAway = (findings: readonly Finding[]) => findings.length > 0 && findings.every(({ kind }) => kind === 'fault')
  if (isAway(server)) return around
  const databases = await lookAtDatabases(config)
  const stores = await Promise.all(recorders.map((part) => findDatabase(config, part)))
  const relay = log === 'table' || isAway(brokers) || stores.includes(undefined) ? [] : await lookAtRelay(config)
  const readModels = stores.includes(undefined) ? [] : await lookAtReadModels(config)
  return [...around, ...databases, ...relay, ...readModels]
}

async function lookAtBrokers(config: ShopConfig): Promise<readonly Finding[]> {
  const { lookAtKafka } = await import('./look-at-kafka.ts')
  return lookAtKafka(kafkaOptions(config))
}

function tellFinding(finding: Finding): void {
  const marks = { ok: '✔', note: '·', fault: '✘' } as const
  tell(`${marks[finding.kind]} ${finding.what}`)
  if (finding.kind === 'fault') tell(`    → ${finding.remedy}`)
}
