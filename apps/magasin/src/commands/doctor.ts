import { ExitCode } from '@magasin/service-kit/exit-codes'
import { readShopConfig, type ShopConfig } from '@magasin/shop/config'
import { isDataFolderHeld } from '@magasin/service-kit/data-folder'
import { Command } from 'commander'
import type { Finding } from '../doctor/finding.ts'
import { lookAtMachine } from '../doctor/look-at-machine.ts'
import { lookAtMysql } from '../doctor/look-at-mysql.ts'
import { lookAtRelay } from '../doctor/look-at-relay.ts'
import { lookAtStore } from '../doctor/look-at-store.ts'
import { findDatabase } from '../find-database.ts'
import { kafkaOptions } from '../kafka-options.ts'
import { tell } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'

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
  const isRunning = database === 'sqlite' && isDataFolderHeld(dataDir, 'store')
  const machine = await lookAtMachine(config, { isRunning })
  const server = database === 'sqlite' ? [] : await lookAtMysql(database)
  const brokers = log === 'table' ? [] : await lookAtBrokers(config)
  const around = [...machine, ...server, ...brokers]
  const isAway = (findings: readonly Finding[]) => findings.length > 0 && findings.every(({ kind }) => kind === 'fault')
  if (isAway(server)) return around
  const store = await lookAtStore(config)
  const hasStore = (await findDatabase(config, 'store')) !== undefined
  const relay = log === 'table' || isAway(brokers) || !hasStore ? [] : await lookAtRelay(config)
  return [...around, ...store, ...relay]
}

async function lookAtBrokers(config: ShopConfig): Promise<readonly Finding[]> {
  const { lookAtKafka } = await import('../doctor/look-at-kafka.ts')
  return lookAtKafka(kafkaOptions(config))
}

function tellFinding(finding: Finding): void {
  const marks = { ok: '✔', note: '·', fault: '✘' } as const
  tell(`${marks[finding.kind]} ${finding.what}`)
  if (finding.kind === 'fault') tell(`    → ${finding.remedy}`)
}
