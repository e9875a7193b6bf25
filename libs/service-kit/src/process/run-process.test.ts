import assert from 'node:assert/strict'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { describe, test, type TestContext } from 'node:test'

const fixture = new URL('testing/process-fixture.ts', import.meta.url).pathname

interface Run {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** Resolves when this line was written to stdout. */
  said(line: string): Promise<void>
  /** When it has ended, and nothing that it started holds its output any more. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: readonly string[]; readonly stderr: string }>
}

function run(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [fixture, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  }) as ChildProcessByStdio<null, Readable, Readable>
  t.after(() => child.kill('SIGKILL'))
  const stdout: string[] = []
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => stdout.push(...chunk.split('\n').filter(Boolean)))
  return {
    child,
    said: async (line) => {
      while (!stdout.includes(line)) await once(child.stdout, 'data')
    },
    ended: once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, stdout, stderr })),
  }
}

describe('a process that starts', () => {
  const failures = [
    ['port in use', {}, 2, 'magasin: port 5000 is in use: set PORT\n  PORT_IN_USE: see docs/reference/errors.md\n'],
    ['not found', {}, 1, 'magasin: there is no token 42\n  NOT_FOUND: see docs/reference/errors.md\n'],
    ['unexpected', {}, 1, 'magasin: unexpected failure: TypeError: x is not a function; LOG_LEVEL=debug shows where\n'],
  ] as const
  for (const [mode, env, code, stderr] of failures)
    test(`and fails (${mode}) exits ${code} and says why without a stack`, async (t) => {
      assert.deepEqual(await run(t, [mode], env).ended, { code, stdout: [], stderr })
    })

  test('and fails unexpectedly shows where under LOG_LEVEL=debug', async (t) => {
    const { code, stderr } = await run(t, ['unexpected'], { LOG_LEVEL: 'debug' }).ended
    assert.equal(code, 1)
    assert.match(stderr, /^magasin: unexpected failure: TypeError: x is not a function\n.*\n +at .*process-fixture\.ts/)
  })
})

describe('a process that runs', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    test(`is stopped cleanly by ${signal}, exit code 0`, async (t) => {
      const { child, said, ended } = run(t, ['clean'])
      await said('started')
      child.kill(signal)
      assert.deepEqual(await ended, { code: 0, stdout: ['started', 'stopping', 'stopped'], stderr: '' })
    })

  test('is stopped cleanly even while it starts', async (t) => {
    const { child, said, ended } = run(t, ['slow to start'])
    await said('starting')
    child.kill('SIGTERM')
    const { code, stdout } = await ended
    assert.deepEqual([code, stdout], [0, ['starting', 'started', 'stopping', 'stopped']])
  })

  test('is stopped cleanly while it waits for something that it needs', async (t) => {
    const { child, said, ended } = run(t, ['waits to start'])
    await said('waiting')
    child.kill('SIGTERM')
    assert.deepEqual(await ended, { code: 0, stdout: ['waiting'], stderr: '' })
  })

  test('that does not stop is ended at once by another signal', async (t) => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { child, said, ended } = run(t, ['stubborn'])
      await said('started')
      child.kill(signal)
      await said('stopping')
      child.kill(signal)
      assert.equal((await ended).code, code)
    }
  })

  test('that does not stop within its grace period says so and exits 1', async (t) => {
    const { child, said, ended } = run(t, ['stubborn', '50'])
    await said('started')
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    assert.equal(code, 1)
    assert.match(stderr, /did not stop within 50 ms/)
  })

  test('that fails to stop says so and exits 1', async (t) => {
    const { child, said, ended } = run(t, ['fails to stop'])
    await said('started')
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    assert.equal(code, 1)
    assert.match(stderr, /cannot close/)
  })

  test('is stopped by an error that nobody caught, and exits 1', async (t) => {
    const { code, stdout, stderr } = await run(t, ['crashes']).ended
    assert.equal(code, 1)
    assert.deepEqual(stdout, ['started', 'stopping', 'stopped'])
    assert.equal(stderr, 'magasin: unexpected failure: Error: out of the blue; LOG_LEVEL=debug shows where\n')
  })

  test('tells such an error to its log where it has one', async (t) => {
    const { code, stderr } = await run(t, ['rejects unhandled']).ended
    assert.equal(code, 1)
    const line = JSON.parse(stderr) as { level: number; err: { message: string; stack: string } }
    assert.equal(line.level, 60)
    assert.equal(line.err.message, 'nobody waits')
    assert.match(line.err.stack, /process-fixture\.ts/)
  })

  test('goes on when nobody reads its output any more, and is stopped cleanly', async (t) => {
    const { child, said } = run(t, ['talks when told'])
    await said('started')
    child.stdout.destroy()
    child.stderr.destroy()
    child.send('talk')
    await once(child, 'message')
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  test('stops when its launcher was gone before it started', async (t) => {
    const { code, stdout } = await run(t, ['orphan'], { MAGASIN_LAUNCHER: '1' }).ended
    assert.deepEqual([code, stdout], [0, ['started', 'stopping', 'stopped']])
  })

  test('stops when its launcher is gone, even by SIGKILL', async (t) => {
    const { child, said, ended } = run(t, ['launcher'])
    await said('started')
    child.kill('SIGKILL')
    assert.deepEqual((await ended).stdout, ['started', 'stopping', 'stopped'])
  })
})
