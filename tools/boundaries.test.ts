import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findViolations } from './boundaries.ts'
import { importsOf } from './imports-of.ts'

type Files = Readonly<Record<string, string>>

const manifest = (name: string, exported: readonly string[], dependencies: readonly string[]): string =>
  JSON.stringify({
    name: `@magasin/${name}`,
    exports: Object.fromEntries(exported.map((file) => [`./${file}`, `./src/${file}.ts`])),
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0'])),
  })

const sound: Files = {
  'package.json': JSON.stringify({ devDependencies: { 'fast-check': '1.0.0' } }),
  'libs/contracts/package.json': manifest('contracts', ['topics'], ['typebox']),
  'libs/contracts/src/topics.ts': "import { Type } from 'typebox'\nexport const topics = Type",
  'libs/sql/package.json': manifest('sql', ['sqlite/open'], ['@magasin/contracts']),
  'libs/sql/src/sqlite/open.ts': "import { topics } from '@magasin/contracts/topics'\nexport const open = topics",
  'libs/event-log/package.json': manifest('event-log', ['log'], ['@magasin/sql', '@magasin/event-store']),
  'libs/event-log/src/log.ts': 'export const log = 1',
  'libs/event-log/src/log.test.ts':
    "import { open } from '@magasin/sql/sqlite/open'\nimport fc from 'fast-check'\nfc(open)",
  'libs/event-store/package.json': manifest(
    'event-store',
    ['store', 'command', 'state-table'],
    ['@magasin/sql', '@magasin/event-log'],
  ),
  'libs/event-store/src/store.ts': 'export const store = 1',
  'services/coolriel/package.json': manifest(
    'coolriel',
    ['start'],
    ['@magasin/contracts', '@magasin/sql', '@magasin/event-store', '@magasin/shop'],
  ),
  'services/coolriel/src/start.ts': "import { open } from '@magasin/sql/sqlite/open'\nexport const start = open",
  'services/coolriel/src/config.ts': 'export const config = process.env',
  'libs/event-store/src/command.ts': 'export interface Command<Answer> { answer: Answer }',
  'libs/event-store/src/state-table.ts': 'export interface StateTable<Row> { row: Row }',
  'services/coolriel/src/letters/send.ts':
    "import { topics } from '@magasin/contracts/topics'\nimport type { Command } from '@magasin/event-store/command'\nimport { table } from './table.ts'\nimport { stamps } from '../stamps/table.ts'\nexport function send(): Command<void> {}",
  'services/coolriel/src/letters/table.ts': 'export const table = 1',
  'services/coolriel/src/stamps/table.ts':
    "import { topics } from '@magasin/contracts/topics'\nimport type { StateTable } from '@magasin/event-store/state-table'\nimport { worth } from './worth.ts'\nexport const stamps: StateTable<1> = worth(topics)",
  'services/coolriel/src/stamps/worth.ts': 'export const worth = (of: unknown) => of',
  'services/payments/package.json': manifest('payments', ['start'], ['@magasin/coolriel', '@magasin/sql']),
  'services/payments/src/start.ts': 'export const start = 1',
  'apps/shop/package.json': manifest('shop', ['start'], ['@magasin/coolriel', '@magasin/payments']),
  'apps/shop/src/start.ts': "import { start } from '@magasin/coolriel/start'\nexport { start }\nstart()",
  'libs/sql/src/testing/server.ts':
    "import { until } from '../../../../tools/testing/until.ts'\nexport const x = until",
  'libs/sql/src/conformance/all.ts':
    "import { until } from '../../../../tools/testing/until.ts'\nexport const x = until",
  'libs/sql/src/sqlite/open.test.ts': "import { startKafka } from '../../../../tools/engines/kafka.ts'\nstartKafka()",
  'tools/testing/until.ts': 'export const until = 1',
  'e2e/story.test.ts':
    "import { open } from '@magasin/sql/sqlite/open'\nimport { start } from '@magasin/shop/start'\nopen(start)",
}

const violations = (planted: Files): readonly string[] =>
  findViolations(new Map(Object.entries({ ...sound, ...planted })))

describe('the check of the layout', () => {
  test('finds nothing in a sound repository', () => {
    assert.deepEqual(violations({}), [])
  })

  const planted: readonly (readonly [rule: string, path: string, text: string, found: RegExp])[] = [
    [
      'a library that imports one above it',
      'libs/sql/src/x.ts',
      "import { log } from '@magasin/event-log/log'",
      /does not stand below/,
    ],
    [
      'a log that imports the store, in a test',
      'libs/event-log/src/x.test.ts',
      "import { store } from '@magasin/event-store/store'",
      /does not stand below/,
    ],
    [
      'a library that imports a service',
      'libs/sql/src/x.ts',
      "import type { start } from '@magasin/coolriel/start'",
      /does not stand below/,
    ],
    [
      'a service that imports a service',
      'services/payments/src/x.ts',
      "import { start } from '@magasin/coolriel/start'",
      /does not stand below/,
    ],
    [
      'a service that imports an app',
      'services/coolriel/src/x.ts',
      "const shop = await import('@magasin/shop/start')",
      /does not stand below/,
    ],
    ['a library without a place', 'libs/new/package.json', manifest('new', [], []), /no place in the layers/],
    [
      'a command that imports a library',
      'services/coolriel/src/letters/x.ts',
      "import { open } from '@magasin/sql/x'\nexport function x(): Command<void> {}",
      /a command knows/,
    ],
    [
      'a command that imports what is above its family',
      'services/coolriel/src/letters/x.ts',
      "import { config } from '../config.ts'\nexport const x = (): Command<void> => config",
      /a command knows/,
    ],
    [
      'a command that imports another file of another family than its table',
      'services/coolriel/src/letters/x.ts',
      "import { worth } from '../stamps/worth.ts'\nexport const x = (): Command<void> => worth",
      /a command knows/,
    ],
    [
      'a table that imports a library',
      'services/coolriel/src/stamps/table.ts',
      "import { sql } from '@magasin/sql/sql-database'\nexport const stamps = sql",
      /a table knows/,
    ],
    [
      'a table that imports the inside of its service',
      'services/coolriel/src/stamps/table.ts',
      "import { config } from '../config.ts'\nexport const stamps = config",
      /a table knows/,
    ],
    [
      'a table that imports the table of another family',
      'services/coolriel/src/stamps/table.ts',
      "import { table } from '../letters/table.ts'\nexport const stamps = table",
      /a table knows/,
    ],
    [
      'a command with many parameters that reads a clock',
      'services/coolriel/src/letters/x.ts',
      "import { performance } from 'node:perf_hooks'\nexport function x(\n  id: number,\n): Command<void> {}",
      /a command knows/,
    ],
    [
      'an adapter opened by a service’s inside',
      'services/coolriel/src/mail/x.ts',
      "import { open } from '@magasin/sql/sqlite/open'",
      /opens an adapter/,
    ],
    [
      'a path into another package',
      'services/coolriel/src/x.ts',
      "export { open } from '../../../libs/sql/src/sqlite/open.ts'\nexport const x = 1",
      /by its name only/,
    ],
    [
      'a path into a package from outside',
      'e2e/x.test.ts',
      "import { log } from '../libs/event-log/src/log.ts'",
      /by its name only/,
    ],
    ['a path out of a package', 'libs/sql/src/x.ts', "import '../../../tools/boundaries.ts'", /by its name only/],
    ['a checker in a test', 'libs/sql/src/x.test.ts', "import '../../../tools/boundaries.ts'", /by its name only/],
    [
      'what helps tests outside of them',
      'libs/sql/src/x.ts',
      "import { until } from '../../../tools/testing/until.ts'",
      /only a test/,
    ],
    [
      'an engine outside of tests',
      'apps/shop/src/x.ts',
      "import { startKafka } from '../../../tools/engines/kafka.ts'",
      /only a test/,
    ],
    [
      'what helps every test and knows a package',
      'tools/testing/x.ts',
      "import { topics } from '@magasin/contracts/topics'",
      /knows none of them/,
    ],
    [
      'a dependency that is not listed',
      'libs/event-log/src/x.ts',
      "import { topics } from '@magasin/contracts/topics'",
      /does not list it/,
    ],
    [
      'a foreign dependency that is not listed',
      'libs/sql/src/x.ts',
      "import { Type } from 'typebox/compile'",
      /does not list it/,
    ],
    ['a tool outside the tests', 'libs/sql/src/x.ts', "import fc from 'fast-check'", /does not list it/],
    [
      'an import that is not exported',
      'apps/shop/src/x.ts',
      "import { config } from '@magasin/coolriel/config'",
      /no such export/,
    ],
    [
      'an export that leads nowhere',
      'libs/sql/package.json',
      manifest('sql', ['sqlite/open', 'gone'], ['@magasin/contracts']),
      /gone.ts, which does not exist/,
    ],
    [
      'a barrel',
      'libs/sql/src/x.ts',
      "/** All. */\nexport { open } from './sqlite/open.ts'\nexport type { A } from './a.ts'",
      /only passes on/,
    ],
    [
      'a barrel in two steps',
      'libs/sql/src/x.ts',
      "import { open } from './sqlite/open.ts'\nexport { open }",
      /only passes on/,
    ],
    [
      'all of another module',
      'libs/sql/src/x.ts',
      "export * from './sqlite/open.ts'\nexport const x = 1",
      /only passes on/,
    ],
    [
      'a setting read on the way',
      'services/coolriel/src/x.ts',
      "export const port = process.env['PORT']",
      /reads the environment/,
    ],
    [
      'the environment by import',
      'services/coolriel/src/x.ts',
      "import { env } from 'node:process'\nexport const port = env['PORT']",
      /reads the environment/,
    ],
  ]
  for (const [rule, path, text, found] of planted)
    test(`catches ${rule}`, () => {
      const caught = violations({ [path]: text })
      const place = path.replace('/package.json', '')
      assert.ok(
        caught.some((violation) => violation.startsWith(place) && found.test(violation)),
        `caught ${caught.join('\n') || 'nothing'}`,
      )
    })

  test('catches one package too many', () => {
    const many = Array.from({ length: 10 }, (_, i) => [`services/s${i}/package.json`, manifest(`s${i}`, [], [])])
    assert.match(violations(Object.fromEntries(many)).join(), /^17 packages: at most 16/)
  })
})

test('the imports of a module are found in every form, and not in comments', () => {
  const source = [
    "import a from 'a'",
    "import * as b from 'b'",
    'import c, { type C,',
    '  D } from "c"',
    "import type { E } from './e.ts'",
    "import './f.ts'",
    "export { g } from 'g'",
    "export type * as H from 'h'",
    "type I = import('i').I",
    "const globs = ['libs/**', 'apps/*']",
    "const j = await import('j')",
    `const k = "import('k')"`,
    "// import k from 'k'",
    '/*',
    "import l from 'l'",
    '*/',
    "export const m = query.from('m')",
  ].join('\n')
  assert.deepEqual(importsOf(source).toSorted(), ['./e.ts', './f.ts', 'a', 'b', 'c', 'g', 'h', 'i', 'j'])
})
