import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nodeArguments, type Release, type ShopPlace } from './shop-place.ts'

/** What came of a command of `magasin`. */
export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real command line on a place, and waits for its end. */
export async function runMagasin(
  place: Pick<ShopPlace, 'folder' | 'env'>,
  args: readonly string[],
  release?: Release,
): Promise<Ran> {
  const child = spawn(process.execPath, nodeArguments(args, release), { cwd: place.folder, env: place.env })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, stdout, stderr }
}
