import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'

/** Each at a size that says nothing: what is shown is that it runs, and prints its table. */
const benches: readonly (readonly [name: string, ...sizes: readonly string[]])[] = [
  ['create-users', '--commands', '40', '--lone', '5', '--clients', '4', '--warmup', '5', '--rounds', '1'],
  ['export', '--events', '500', '--rounds', '1'],
  ['export-under-load', '--events', '500', '--seconds', '1', '--exports', '1'],
  [
    'orders',
    '--embedded',
    '--hot',
    '--orders',
    '20',
    '--goods',
    '20',
    '--clients',
    '4',
    '--warmup',
    '5',
    '--rounds',
    '1',
  ],
  ['large-shop', '--users', '500', '--clients', '4', '--commands', '20', '--warmup', '5', '--rounds', '1'],
  ['latency', '--seconds', '1', '--rest', '1', '--rounds', '1', '--warmup', '5'],
]

describe('a benchmark', () => {
  for (const [name, ...sizes] of benches)
    test(`runs: ${name}`, () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(import.meta.dirname, `${name}.ts`), ...sizes],
        {
          encoding: 'utf8',
        },
      )
      assert.equal(status, 0, stderr)
      assert.match(stdout, /^\| -+/m)
    })
})
