import { CommanderError } from 'commander'
import { ExitCode } from '@magasin/service-kit/exit-codes'
import { createProgram } from './program.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  // Commander has said what was wrong with the call; help and version end here too, with 0.
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? ExitCode.done : ExitCode.misused
}
