import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.ts'

const installScript = fileURLToPath(new URL('apt-install.sh', import.meta.url))

/** Servers are often installed where only root's PATH leads. */
const alsoLookIn = ['/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin']

/** A program of another project, and where it comes from. */
export interface Program {
  readonly name: string
  readonly debianPackage: string
  readonly homebrewPackage: string
}

/**
 * The path of a program of this machine. Where there is none and this is root on Debian (a container, CI), it is installed, which is
 * said on stderr; else the error says what would provide it.
 */
export async function findProgram(program: Program): Promise<string> {
  const { name, debianPackage } = program
  const found = onThisMachine(name)
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`no ${name} here; as root on Debian, installing it: apt-get install ${debianPackage} … `)
    await run('sh', [installScript, debianPackage])
    process.stderr.write('done\n')
  }
  return onThisMachine(name) ?? fail(program)
}

function onThisMachine(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...alsoLookIn]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

function fail({ name, debianPackage, homebrewPackage }: Program): never {
  throw new Error(
    `no ${name} on this machine: install it (Debian, Ubuntu: apt-get install ${debianPackage}; macOS: brew install ${homebrewPackage})`,
  )
}
