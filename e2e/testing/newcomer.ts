import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { root } from '../../tools/testing/spawned.ts'
import { plainEnvironment } from '../../tools/testing/plain-environment.ts'

/** Clones the commit that is checked out here, as somebody does who has never seen this machine. */
export function cloneInto(folder: string): void {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, folder], { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** The PATH of somebody who has an older Node, where this machine has one: that one in front, and no packages of ours. */
export function newcomersPath(): { readonly path: string; readonly node: string } {
  const folders = (plainEnvironment()['PATH'] ?? '').split(delimiter).filter((folder) => !/node_modules/.test(folder))
  const other = folders.find((folder) => (versionIn(folder) ?? process.version) !== process.version)
  const first = other ?? dirname(process.execPath)
  return { path: [first, ...folders].join(delimiter), node: versionIn(first) ?? process.version }
}

function versionIn(folder: string): string | undefined {
  const node = join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(node) ? execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() : undefined
}
