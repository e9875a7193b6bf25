import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from './testing/until.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

interface Run {
  readonly exitCode: number | null
  readonly lastLine: string | undefined
  readonly output: string
}

type Files = Readonly<Record<string, string>>

/** Runs the runner in a repository that holds nothing but it and these test files. */
function runTests(files: Files, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Run {
  const root = mkdtempSync(join(tmpdir(), 'magasin-run-tests-'))
  try {
    for (const folder of ['tools', 'apps/magasin/bin/launcher'])
      cpSync(join(repository, folder), join(root, folder), { recursive: true, filter: (path) => !path.endsWith('.ts') })
    const nothingToInstall = '{ "packages": {} }'
    const all = {
      'package.json': '{ "type": "module" }',
      'package-lock.json': nothingToInstall,
      'node_modules/.package-lock.json': nothingToInstall,
      ...files,
    }
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    // Any path will do for a browser that no test here opens.
    const { PATH = '' } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/run-tests.js', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH, CHROME_PATH: process.execPath, ...env },
    })
    return { exitCode: status, lastLine: stdout.trimEnd().split('\n').at(-1), output: stdout + stderr }
  } finally {
    rmSync(root, { recursive: true })
  }
}

const tests = (text: string): string => `import { before, describe, test } from 'node:test'\n${text}`
const passing = tests(`test('one', () => {}); describe('more', () => test('two', () => {}))`)

describe('npm test', () => {
  test('counts the tests of every file and ends with them', () => {
    const run = runTests({ 'libs/a/one.test.ts': passing, 'e2e/two.test.ts': passing })
    assert.deepEqual([run.exitCode, run.lastLine], [0, '4 passed, 0 failed'])
  })

  test('fails when no test ran', () => {
    const run = runTests({ 'node_modules/a/one.test.ts': passing, 'libs/a/test-one.ts': passing })
    assert.deepEqual([run.exitCode, run.lastLine], [1, '0 passed, 1 failed'])
    assert.match(run.output, /no test ran/)
  })

  test('runs the files that are asked for, and fails for a name that no file has', () => {
    const files = { 'libs/a/one.test.ts': passing, 'libs/b/two.test.ts': passing }
    assert.equal(runTests(files, ['libs/a']).lastLine, '2 passed, 0 failed')
    assert.equal(runTests(files, ['./libs/b/two.test.ts', '--test-name-pattern=one']).lastLine, '1 passed, 0 failed')
    assert.deepEqual([runTests(files, ['libs/a', 'three']).exitCode, runTests(files, ['three']).exitCode], [1, 1])
  })

  test('says what was skipped and why, and in CI fails for it', () => {
    const skipping = tests(`test('one', () => {})
      test('two', { skip: 'no engine here' }, () => {})
      describe.skip('three', () => test('four', () => {}))
      test.todo('five')`)
    const here = runTests({ 'a.test.ts': skipping, 'b.test.ts': tests(`describe.skip('six', () => {})`) })
    assert.deepEqual([here.exitCode, here.lastLine], [0, '1 passed, 0 failed, 4 skipped'])
    const inCi = runTests({ 'a.test.ts': skipping }, [], { CI: 'true' })
    assert.deepEqual([inCi.exitCode, inCi.lastLine], [1, '1 passed, 3 failed'])
    for (const run of [here, inCi])
      for (const name of [/a\.test\.ts: skipped two \(no engine here\)/, /skipped three/, /skipped five/])
        assert.match(run.output, name)
  })
})

// What stands for tools/engines here: it gives an address for Kafka, none for MySQL, and leaves a file when its input ends.
const enginesThere = `
import { writeFileSync } from 'node:fs'
console.log(JSON.stringify({ MAGASIN_TEST_KAFKA: 'kafka for ' + process.argv.slice(2) }))
process.stdin.resume().on('close', () => { writeFileSync(process.env.ENDED, ''); process.exit() })`

describe('the real engines', () => {
  const onKafka = tests(`test('one', () => {
    const { MAGASIN_TEST_KAFKA: kafka, MAGASIN_TEST_MYSQL: mysql = 'none' } = process.env
    if (process.env.SEEN !== kafka + ', ' + mysql) throw new Error(kafka + ', ' + mysql)
  })`)
  const files = { 'tools/engines/for-tests.ts': enginesThere, 'a.test.ts': onKafka }

  test('are started for the test files that need them, once, and end with the runner', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'magasin-run-tests-'))
    try {
      const ended = join(folder, 'ended')
      const env = { ENDED: ended, SEEN: 'kafka for mysql,kafka, none' }
      const run = runTests({ ...files, 'b.test.ts': onKafka }, [], env)
      assert.deepEqual([run.exitCode, run.lastLine], [0, '2 passed, 0 failed'], run.output)
      assert.match(run.output, /starting mysql, kafka for the tests/)
      await until('the engines have ended', () => existsSync(ended))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('are not started where their address is given, or where no test file needs them', () => {
    const given = { MAGASIN_TEST_KAFKA: 'kafka there', MAGASIN_TEST_MYSQL: 'mysql there' }
    const run = runTests(files, [], { ...given, SEEN: 'kafka there, mysql there' })
    assert.deepEqual([run.exitCode, run.lastLine], [0, '1 passed, 0 failed'], run.output)
    assert.doesNotMatch(run.output, /starting/)
    assert.doesNotMatch(runTests({ ...files, 'c.test.ts': passing }, ['c.test']).output, /starting/)
  })

  test('are started for a test file whose set-up in a `testing/` folder asks for them', () => {
    const onSetUp = `import { broker } from './testing/set-up.ts'\n${tests(`test('one', () => {
      if (broker !== 'kafka for kafka') throw new Error(broker)
    })`)}`
    const setUp = 'export const broker = process.env.MAGASIN_TEST_KAFKA'
    const withSetUp = {
      'tools/engines/for-tests.ts': enginesThere,
      'a/b.test.ts': onSetUp,
      'a/testing/set-up.ts': setUp,
    }
    const run = runTests(withSetUp, [], { ENDED: '/dev/null' })
    assert.deepEqual([run.exitCode, run.lastLine], [0, '1 passed, 0 failed'], run.output)
  })

  test('that cannot be had leave the rest of the tests running', () => {
    const broken = { ...files, 'tools/engines/for-tests.ts': `process.exit(1)` }
    const run = runTests(broken, [], { SEEN: 'undefined, none' })
    assert.deepEqual([run.exitCode, run.lastLine], [0, '1 passed, 0 failed'], run.output)
  })
})

describe('a test file', () => {
  const cases: readonly (readonly [title: string, text: string, lastLine: string])[] = [
    [
      'with a failing test fails',
      tests(`test('one', () => {}); test('two', () => { throw new Error('no') })`),
      '1 passed, 1 failed',
    ],
    [
      'with a failing hook fails',
      tests(`describe('one', () => { before(() => { throw new Error('no') }); test('two', () => {}) })`),
      '0 passed, 1 failed',
    ],
    ['without a test fails', 'export {}', '0 passed, 1 failed'],
    ['with an empty suite fails', tests(`describe('one', () => {})`), '0 passed, 1 failed'],
    ['that cannot be read fails', 'const = 1', '0 passed, 1 failed'],
    ['that is killed fails', tests(`test('one', () => process.kill(process.pid, 'SIGKILL'))`), '0 passed, 1 failed'],
    [
      'that exits 0 in the middle of a test fails',
      tests(`test('one', async () => process.exit(0)); test('two', () => {})`),
      '0 passed, 1 failed',
    ],
    [
      'that throws after its tests have passed fails',
      tests(`test('one', () => { setTimeout(() => { throw new Error('late') }, 20) })`),
      '1 passed, 1 failed',
    ],
  ]
  for (const [title, text, lastLine] of cases)
    test(title, () => {
      const run = runTests({ 'a.test.ts': text })
      assert.deepEqual([run.exitCode, run.lastLine], [1, lastLine], run.output)
      assert.match(run.output, /✖ a\.test\.ts/)
    })

  for (const [title, text] of [
    ['that hangs in a test fails', tests(`test('one', () => { while (true); })`)],
    ['that does not end after its tests fails', tests(`test('one', () => {}); setInterval(() => {}, 1000)`)],
  ] as const)
    test(title, () => {
      const run = runTests({ 'a.test.ts': text }, ['--test-timeout=1000'])
      assert.deepEqual([run.exitCode, run.lastLine], [1, '0 passed, 1 failed'], run.output)
      assert.match(run.output, /a\.test\.ts: did not end within 1 s/)
    })
})
