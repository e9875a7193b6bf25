import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, ChildUsage } from './bench.ts'
import { shopSettings } from './shop.ts'
import type { MeasuredTopic } from './topic.ts'

/** An export that succeeded. */
export interface Export extends ChildUsage {
  readonly events: number
  /** By its own account, from when it knew where the history ends to when the file was whole. */
  readonly toldSeconds: number
  /** Of the file that it wrote. */
  readonly bytes: number
}

export interface ExportOptions {
  /** Reads the history from this topic; without it, from the event table in the folder. */
  readonly topic?: MeasuredTopic
  readonly nodeOptions?: readonly string[]
}

/** Runs `magasin history export` in a process of its own, on a shop that may be running. */
export async function exportHistory(
  bench: Bench,
  folder: string,
  { topic, nodeOptions = [] }: ExportOptions = {},
): Promise<Export> {
  const file = join(folder, 'history.json')
  const from = topic === undefined ? 'table' : 'log'
  const args = ['history', 'export', '--topic', 'user-events', '--from', from, '--out', file]
  const env = { ...shopSettings(folder), ...topic?.settings }
  const usage = await bench.start('apps/magasin/src/main.ts', { args, env, nodeOptions }).ended
  const [, events, toldSeconds] = /^(\d+) events read in ([\d.]+) s, complete/m.exec(usage.stdout) ?? []
  const { size: bytes } = statSync(file)
  rmSync(file)
  return { ...usage, events: Number(events), toldSeconds: Number(toldSeconds), bytes }
}
