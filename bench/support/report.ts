import { fsyncSync, openSync, closeSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg, release, type } from 'node:os'
import { join } from 'node:path'
import { median } from './statistics.ts'

/** Prints a table in Markdown, to be pasted as it is; numbers stand to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  console.log(['', line(head), line(rule), ...rows.map(line), ''].join('\n'))
}

/** What the figures were taken on: without it they mean nothing. `folder` lies on the disk that was written to. */
export function machineLine(folder: string): string {
  const processors = cpus()
  const versions = `Node ${process.versions.node}, SQLite ${process.versions['sqlite']}`
  const system = `${processors[0]?.model.trim() ?? 'unknown CPU'}, ${processors.length} cores, ${type()} ${release()}`
  const load = `load average at the end ${loadavg()[0]!.toFixed(1)}`
  return `${system}; ${versions}; fsync ${flushMs(folder).toFixed(2)} ms; ${load}; ${new Date().toISOString().slice(0, 10)}`
}

/** How long the disk takes to make 4 kB durable: what a commit cannot be faster than. */
function flushMs(folder: string): number {
  const path = join(folder, 'flush')
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4096, 'x')
  try {
    return median(
      Array.from({ length: 200 }, () => {
        writeSync(file, block)
        const started = performance.now()
        fsyncSync(file)
        return performance.now() - started
      }),
    )
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

/** `12,345` or `1.23`: three digits that count; `10`, if it is whole. */
export function number(value: number): string {
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

/** The median of several rounds, and from where to where they lay; of a single round, what it measured; a dash where it could not be. */
export function spread(values: readonly number[]): string {
  if (values.some(Number.isNaN)) return '–'
  if (values.length === 1) return number(values[0]!)
  return `${number(median(values))} (${number(Math.min(...values))}–${number(Math.max(...values))})`
}

/** Says on stderr what is being done: a run takes minutes. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
