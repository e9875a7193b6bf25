import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, ChildUsage } from './bench.ts'
import { shopSettings } from './shop.ts'

/** An export that succeeded. */
export interface Export extends ChildUsage {
  readonly events: number
  /** Of the file that it wrote. */
  readonly bytes: number
}

/** Runs `magasin history export` in a process of its own, on a shop that may be running. */
export async function exportHistory(
  bench: Bench,
  folder: string,
  nodeOptions: readonly string[] = [],
): Promise<Export> {
  const file = join(folder, 'history.json')
  const args = ['history', 'export', '--topic', 'user-events', '--out', file]
  const usage = await bench.start('apps/magasin/src/main.ts', { args, env: shopSettings(folder), nodeOptions }).ended
  const events = Number(/^(\d+) events read/m.exec(usage.stdout)?.[1])
  const { size: bytes } = statSync(file)
  rmSync(file)
  return { ...usage, events, bytes }
}
