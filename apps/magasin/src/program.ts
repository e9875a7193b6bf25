import { Command } from 'commander'
import { backupCommand } from './commands/backup/command.ts'
import { doctorCommand } from './commands/doctor/command.ts'
import { historyCommand } from './commands/history/command.ts'
import { logCommand } from './commands/log/command.ts'
import { parkedCommand } from './commands/parked.ts'
import { readModelsCommand } from './commands/read-models/command.ts'
import { seedCommand } from './commands/seed.ts'
import { serveCommand } from './commands/serve.ts'
import { startCommand } from './commands/start.ts'
import { tokenCommand } from './commands/token.ts'

const after = `
Settings come from the environment (docs/reference/config.md); MAGASIN_DATA says which shop, "data" unless told.
Exit codes: 0 done, 1 failed, 2 wrong call or wrong set-up, 3 the history is not complete.`

/** The command line: each command is a file or a folder of `commands/`. Throws a CommanderError where the call is wrong. */
export function createProgram(): Command {
  const program = new Command('magasin')
    .description('An event-driven store: every change is an event, and the history proves it.')
    .version('0.1.0')
    .addHelpText('after', after)
  const commands = [
    startCommand,
    serveCommand,
    seedCommand,
    tokenCommand,
    historyCommand,
    logCommand,
    parkedCommand,
    readModelsCommand,
    backupCommand,
    doctorCommand,
  ]
  for (const make of commands) program.addCommand(make())
  throwInsteadOfExit(program)
  return program
}

/** Commander ends the process by itself, with 1 for a wrong call; here a wrong call is 2. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help shows how it is called)')
  for (const child of command.commands) throwInsteadOfExit(child)
}
