import { CommanderError } from 'commander'
import { ExitCode } from '@magasin/service-kit/exit-codes'
import { endWith } from './run-command.ts'

try {
  // Not imported above: the catalogue is checked while modules load, and what is wrong there is told like anything else.
  const { createProgram } = await import('./program.ts')
  await createProgram().parseAsync()
} catch (error) {
  // Commander has said what was wrong with the call; help and version end here too, with 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.done : ExitCode.misused
  else endWith(error)
}
