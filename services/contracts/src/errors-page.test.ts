import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { ErrorKind } from '@magasin/contracts/error-kinds'
import { errors } from '@magasin/contracts/errors'
import { shopErrors } from './shop-errors.ts'

const kinds: Readonly<Record<string, ErrorKind>> = { ...errors, ...shopErrors }

const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')

/** What keeps a page of errors from being true, one sentence each. */
function faultsOf(text: string): readonly string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  const codes = cells.map(([code = '']) => code.replaceAll('`', ''))
  return [
    ...Object.keys(kinds)
      .filter((code) => !codes.includes(code))
      .map((code) => `${code} is missing`),
    ...codes.filter((code) => !Object.hasOwn(kinds, code)).map((code) => `${code} is no code`),
    ...codes.filter((code, i) => codes.indexOf(code) !== i).map((code) => `${code} is there twice`),
    ...cells.flatMap(([, status, happened, toDo], i) => {
      const code = codes[i]!
      const expected = String(kinds[code]?.http?.status ?? '–')
      return [
        ...(Object.hasOwn(kinds, code) && status !== expected ? [`${code} has status ${expected}, not ${status}`] : []),
        ...(happened && toDo ? [] : [`${code} does not say what happened and what to do`]),
      ]
    }),
  ]
}

describe('the page of errors', () => {
  test('tells of every code, with its status, what happened and what to do', () => {
    assert.deepEqual(faultsOf(page), [])
  })

  const planted = [
    [/\| `EMAIL_TAKEN`.*\n/, '', 'EMAIL_TAKEN is missing'],
    [/\| `EMAIL_TAKEN`/, '| `EMAIL_STOLEN` | 409 | x | y |\n| `EMAIL_TAKEN`', 'EMAIL_STOLEN is no code'],
    [/\| `EMAIL_TAKEN` \| 409/, '| `EMAIL_TAKEN` | 500', 'EMAIL_TAKEN has status 409, not 500'],
    [/\| `LOG_GAP` \| –/, '| `LOG_GAP` | 500', 'LOG_GAP has status –, not 500'],
    [/(\| `INTERNAL`.*\n)/, '$1$1', 'INTERNAL is there twice'],
    [
      /\| `INTERNAL` .*\n/,
      '| `INTERNAL` | 500 | | Report it. |\n',
      'INTERNAL does not say what happened and what to do',
    ],
  ] as const
  for (const [row, instead, fault] of planted)
    test(`would not be let through when ${fault}`, () => {
      assert.deepEqual(faultsOf(page.replace(row, instead)), [fault])
    })
})
