import { ExitCode } from '@magasin/service-kit/exit-codes'
import { readShopConfig } from '@magasin/shop/config'
import { isDataFolderHeld } from '@magasin/service-kit/data-folder'
import { Command } from 'commander'
import type { Finding } from '../doctor/finding.ts'
import { lookAtMachine } from '../doctor/look-at-machine.ts'
import { lookAtStore } from '../doctor/look-at-store.ts'
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
  const isRunning = isDataFolderHeld(config.dataDir, 'store')
  const findings = [...(await lookAtMachine(config, { isRunning })), ...(await lookAtStore(config.dataDir))]
  for (const finding of findings) tellFinding(finding)
  const faults = findings.filter(({ kind }) => kind === 'fault').length
  tell(faults === 0 ? '\nNothing is wrong.' : `\n${faults} ${faults === 1 ? 'fault' : 'faults'} to mend.`)
  return faults === 0 ? ExitCode.done : ExitCode.failed
}

function tellFinding(finding: Finding): void {
  const marks = { ok: '✔', note: '·', fault: '✘' } as const
  tell(`${marks[finding.kind]} ${finding.what}`)
  if (finding.kind === 'fault') tell(`    → ${finding.remedy}`)
}
