// What `npm test` runs. Plain JavaScript for any Node from 18 up, like the launcher: it installs what is missing and finds the Node.
//
//   npm test                                    every *.test.ts
//   npm test libs/sql partition-of              those whose path holds one of these
//   npm test -- --test-name-pattern=order       flags go to Node, but for two:
//   npm test -- --test-concurrency=1            how many files at once; half as many again as there are cores by default
//   npm test -- --test-timeout=60000            how long a file may take, in milliseconds; 300 000 by default
//
// Exit code 0 only when tests ran and none failed; where CI is set, only when none was skipped either.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { constants, cpus, tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../apps/magasin/bin/launcher/install.js'
import { findNode } from '../apps/magasin/bin/launcher/runtime.js'
import { ensureChromium } from './ensure-chromium.js'
import { killAll, runTestFile } from './run-test-file.js'
import { startTestEngines } from './test-engines.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const inCi = !['', '0', 'false'].includes(process.env.CI ?? '')

try {
  const options = readArguments(process.argv.slice(2))
  await ensureInstalled(root, { dev: true })
  const node = findNode(root)
  const chromium = ensureChromium({ install: options.patterns.length === 0 })
  if (chromium !== undefined) process.env.CHROME_PATH = chromium
  const { files, unmatched } = choose(testFiles(root), options.patterns)
  Object.assign(process.env, await startTestEngines({ node, root, files }))
  report(await runAll(files, { ...options, node }), unmatched)
} catch (error) {
  console.error(error.message)
  report([], ['the tests could not be run'])
}

function readArguments(args) {
  const value = (flag) => args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1)
  const ours = /^--test-(concurrency|timeout)=/
  return {
    // Many a test waits, for an engine that starts or a lease that ends: with one file a core a third of the time nothing ran.
    concurrency: Number(value('--test-concurrency') ?? Math.ceil(1.5 * cpus().length)),
    timeoutMs: Number(value('--test-timeout') ?? 300_000),
    flags: args.filter((arg) => arg.startsWith('-') && !ours.test(arg)),
    patterns: args.filter((arg) => !arg.startsWith('-')).map((arg) => toSlashes(relative(root, resolve(arg)))),
  }
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : testFiles(path)
    return entry.name.endsWith('.test.ts') ? [toSlashes(relative(root, path))] : []
  })
}

function toSlashes(path) {
  return path.split(sep).join('/')
}

function choose(files, patterns) {
  if (patterns.length === 0) return { files, unmatched: [] }
  return {
    files: files.filter((file) => patterns.some((pattern) => file.includes(pattern))),
    unmatched: patterns
      .filter((pattern) => !files.some((file) => file.includes(pattern)))
      .map((pattern) => `no test file has ${pattern} in its path`),
  }
}

async function runAll(files, { node, flags, concurrency, timeoutMs }) {
  const scratch = mkdtempSync(join(tmpdir(), 'magasin-tests-'))
  process.on('exit', () => {
    killAll('SIGKILL')
    rmSync(scratch, { recursive: true, force: true })
  })
  const waiting = [...files]
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => {
      waiting.length = 0
      // By word first: a test may have started what only it can end.
      killAll('SIGTERM')
      setTimeout(() => process.exit(128 + constants.signals[signal]), 500)
    })
  const results = []
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const started = performance.now()
      const result = { file, ...(await runTestFile({ node, root, file, flags, timeoutMs, scratch })) }
      tell(result, (performance.now() - started) / 1000)
      results.push(result)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return results
}

function tell({ file, passed, failed, skipped, output }, seconds) {
  console.log(`${failed === 0 ? '✔' : '✖'} ${file}  ${totals(passed, failed, skipped.length)}  ${seconds.toFixed(1)} s`)
  if (failed > 0) console.log(output)
}

/** All that is not as it should be, by name, and in the last line how many there are: none of it may go by in silence. */
function report(results, problems) {
  const sum = (count) => results.reduce((total, result) => total + count(result), 0)
  const passed = sum((result) => result.passed)
  const broken = sum((result) => result.failed)
  const leftOut = results.flatMap(({ file, skipped }) => skipped.map((name) => `${file}: skipped ${name}`))
  if (passed + broken + problems.length === 0) problems.push('no test ran')
  const failed = broken + problems.length + (inCi ? leftOut.length : 0)

  console.log()
  for (const result of results)
    if (result.failed > 0) console.log(`${result.file}: ${result.why ?? `${result.failed} failed`}`)
  for (const line of [...problems, ...leftOut]) console.log(line)
  if (inCi && leftOut.length > 0) console.log('in CI a skipped test is a failed one')
  console.log(totals(passed, failed, inCi ? 0 : leftOut.length))
  process.exitCode = failed === 0 ? 0 : 1
}

function totals(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
