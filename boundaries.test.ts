import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findViolations } from './tools/boundaries.ts'

test('every part of the repository knows only what it may', () => {
  const root = import.meta.dirname
  const exclude = ['**/node_modules/**', '.*/**']
  const paths = globSync(['package.json', '*/*/package.json', '**/*.ts'], { cwd: root, exclude })
  const sources = new Map(paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]))
  assert.ok(sources.has('boundaries.test.ts'))
  assert.deepEqual(findViolations(sources), [])
})
