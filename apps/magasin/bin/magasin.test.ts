import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { until } from '../../../tools/testing/until.ts'
import { createLaunchPad, lockWith } from './testing/launch-pad.ts'

describe('a start', () => {
  test('in a fresh clone installs what the lock names, once, and says so in one line', async () => {
    using pad = createLaunchPad()
    const first = pad.launch(['exit', '0'])
    assert.equal(await first.ended(), 0)
    assert.match(first.output(), /^magasin: installing .* … done in [\d.]+ s\nstarted exit\n$/)
    const second = pad.launch(['exit', '0'])
    assert.equal(await second.ended(), 0)
    assert.equal(second.output(), 'started exit\n')
    assert.equal(pad.installs(), 1)
  })

  test('installs again when the lock has changed, or the link to a workspace is gone', async () => {
    using pad = createLaunchPad()
    await pad.launch(['exit', '0']).ended()
    writeFileSync(join(pad.root, 'package-lock.json'), lockWith('1.0.1'))
    await pad.launch(['exit', '0']).ended()
    assert.equal(pad.installs(), 2)
    rmSync(join(pad.root, 'node_modules/@magasin/cli'))
    await pad.launch(['exit', '0']).ended()
    assert.equal(pad.installs(), 3)
  })

  test('does not do over what npm, run by hand, has installed', async () => {
    using pad = createLaunchPad()
    await pad.launch(['exit', '0']).ended()
    for (const [installed, installs] of [
      ['1.0.1', 1],
      ['1.0.0', 2],
    ] as const) {
      rmSync(join(pad.root, 'node_modules/.magasin-installed'), { force: true })
      writeFileSync(join(pad.root, 'node_modules/.package-lock.json'), lockWith(installed))
      writeFileSync(join(pad.root, 'package-lock.json'), lockWith('1.0.1'))
      await pad.launch(['exit', '0']).ended()
      assert.equal(pad.installs(), installs, `with ${installed} installed by hand`)
    }
  })

  test('beside another first start waits for what that one installs', async () => {
    using pad = createLaunchPad()
    const one = pad.launch(['exit', '0'], { NPM_WAITS: '1' })
    await until(one.output, () => pad.installs() === 1)
    const other = pad.launch(['exit', '0'])
    await other.says(`process ${one.process.pid} is installing`)
    writeFileSync(join(pad.root, 'go'), '')
    assert.deepEqual([await one.ended(), await other.ended()], [0, 0])
    assert.equal(pad.installs(), 1)
  })

  test('after one that was killed while it installed takes its place', async () => {
    using pad = createLaunchPad()
    const dead = pad.launch(['exit', '0'])
    await dead.ended()
    rmSync(join(pad.root, 'node_modules/.magasin-installed'))
    writeFileSync(join(pad.root, 'node_modules/.package-lock.json'), '{ "packa')
    mkdirSync(join(pad.root, '.cache/install.lock'))
    writeFileSync(join(pad.root, '.cache/install.lock/pid'), String(dead.process.pid))
    assert.equal(await pad.launch(['exit', '0']).ended(), 0)
    assert.equal(pad.installs(), 2)
  })

  test('that cannot install says why in words and exits 2', async () => {
    using pad = createLaunchPad()
    const start = pad.launch(['exit', '0'], { NPM_FAILS: '1' })
    assert.equal(await start.ended(), 2)
    assert.match(start.output(), /… failed\nmagasin: npm ci failed \(exit code 1\): the disk is full\n/)
    assert.doesNotMatch(start.output(), /\n {4}at |started/)
    assert.equal(await pad.launch(['exit', '0']).ended(), 0, 'the next start tries again')
  })
})

describe('the launcher', () => {
  test('ends as its program ends', async () => {
    using pad = createLaunchPad()
    assert.equal(await pad.launch(['exit', '3']).ended(), 3)
    assert.equal(await pad.launch(['die']).ended(), 128 + 9)
  })

  test('passes a signal on once, though npm and the terminal both send it', async () => {
    using pad = createLaunchPad()
    const start = pad.launch(['serve'])
    await start.says('started serve')
    start.process.kill('SIGTERM')
    start.process.kill('SIGINT')
    await start.says('heard')
    writeFileSync(join(pad.root, 'end'), '')
    assert.equal(await start.ended(), 0)
    assert.equal(start.output().match(/heard/g)?.length, 1)
  })

  test('killed with SIGKILL leaves its program a closed channel', async () => {
    using pad = createLaunchPad()
    const start = pad.launch(['serve'])
    await start.says('started serve')
    start.process.kill('SIGKILL')
    await until('the program hears of it', () => existsSync(join(pad.root, 'disconnected')))
  })

  test('asks its program to stop when npm was killed, though the shell between them lives', async () => {
    using pad = createLaunchPad()
    const npm = pad.launchByNpm(['serve'])
    await npm.says('started serve')
    npm.process.kill('SIGKILL')
    await npm.says('heard SIGTERM')
    writeFileSync(join(pad.root, 'end'), '')
    await npm.ended()
  })
})
