import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program to its end and answers what it wrote on stdout. Throws with the end of all that it wrote when it fails. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { readonly stdout?: string; readonly stderr?: string }
    const said = `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n')
    throw new Error(`${program} failed:\n${said}`, { cause })
  }
}
