import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { shopSettings } from './config.ts'

test('docs/reference/config.md says of every setting its name, its default and its meaning', () => {
  const page = readFileSync(new URL('../../../docs/reference/config.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('|---|---|---|'), page.indexOf('\n\n', page.indexOf('|---|---|---|')))
  const rows = Object.values(shopSettings).map(({ name, default: byDefault, meaning }) => {
    const shown = typeof byDefault === 'object' || byDefault === '' ? '' : ` \`${byDefault}\``
    return `| \`${name}\` |${shown} | ${meaning} |`
  })
  assert.deepEqual(table.split('\n').slice(1), rows)
})
