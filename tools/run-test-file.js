import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const totalsReporter = new URL('test-totals.js', import.meta.url).href
const onWindows = process.platform === 'win32'

/** The files that run just now, each the leader of a process group. */
const running = new Set()

/** Ends every file that runs, with all that it started. */
export function killAll(signal) {
  for (const child of running) kill(child, signal)
}

/**
 * Runs one test file in a process of its own and answers `{ passed, failed, skipped, why, output }`, `why` being what is wrong beyond
 * failed tests. Not by `node --test`: that one waits for ever for a file that hangs, and takes one that exits 0 before its tests have
 * ended, or that has none, for a passed test (seen on Node 26).
 */
export async function runTestFile({ node, root, file, flags, timeoutMs, scratch }) {
  const name = file.replace(/[^\w.-]/g, '_')
  const outputPath = join(scratch, `${name}.txt`)
  const totalsPath = join(scratch, `${name}.json`)
  const reporters = [
    ['spec', 'stdout'],
    [totalsReporter, totalsPath],
  ]
  const reporting = reporters.flatMap(([by, to]) => [`--test-reporter=${by}`, `--test-reporter-destination=${to}`])
  // Into a file, not a pipe: a pipe ends only when the last process that a test started and forgot has closed it.
  const output = openSync(outputPath, 'w')
  const child = spawn(node, [...flags, ...reporting, file], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', output, output],
    detached: !onWindows,
  })
  closeSync(output)
  const ending = await ended(child, timeoutMs)
  return { ...judge(ending, readTotals(totalsPath), flags), output: readFileSync(outputPath, 'utf8') }
}

/** When the runner itself runs in a test, its tests are not that test's. */
function environment() {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return env
}

/** What was wrong with how the process ended, if anything. */
function ended(child, timeoutMs) {
  running.add(child)
  return new Promise((resolve, reject) => {
    let why
    const timer = setTimeout(() => {
      why = `did not end within ${timeoutMs / 1000} s`
      kill(child, 'SIGKILL')
    }, timeoutMs)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      running.delete(child)
      // What a test started and forgot would disturb the next one.
      kill(child, 'SIGKILL')
      resolve(code === 0 ? undefined : (why ?? `ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

function kill(child, signal) {
  try {
    process.kill(onWindows ? child.pid : -child.pid, signal)
  } catch {
    // Nothing of it runs any more.
  }
}

function readTotals(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function judge(ending, totals, flags) {
  if (totals === undefined)
    return { passed: 0, failed: 1, skipped: [], why: ending ?? 'ended before its tests did, or has none' }
  const { counts, skipped } = totals
  const failed = counts.failed + counts.cancelled
  if (failed > 0) return { passed: counts.passed, failed, skipped }
  // A flag such as --test-name-pattern may well leave a file without tests.
  const empty = counts.tests + skipped.length + flags.length === 0
  const why = ending ?? (empty ? 'has no test' : undefined)
  return { passed: counts.passed, failed: why === undefined ? 0 : 1, skipped, why }
}
