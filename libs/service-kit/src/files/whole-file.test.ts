import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { writeWholeFile } from './whole-file.ts'

describe('a whole file', () => {
  test('takes the place of the older one when it is whole, and not before', async (t) => {
    const file = join(temporaryFolder(t), 'history.json')
    writeFileSync(file, 'old')
    await writeWholeFile(file, async (handle) => {
      await handle.write('new ')
      assert.equal(readFileSync(file, 'utf8'), 'old')
      await handle.write('history')
    })
    assert.equal(readFileSync(file, 'utf8'), 'new history')
  })

  test('can be read by its owner only', { skip: process.platform === 'win32' && 'Windows has no modes' }, async (t) => {
    const file = join(temporaryFolder(t), 'history.json')
    writeFileSync(file, 'old', { mode: 0o644 })
    await writeWholeFile(file, async () => {})
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })

  test('that could not be written to its end leaves the older one, nothing else, and the reason', async (t) => {
    const folder = temporaryFolder(t)
    const file = join(folder, 'history.json')
    writeFileSync(file, 'old')
    const reason = new Error('the log has a gap')
    const writing = writeWholeFile(file, async (handle) => {
      await handle.write('half')
      throw reason
    })
    await assert.rejects(writing, reason)
    assert.equal(readFileSync(file, 'utf8'), 'old')
    assert.deepEqual(readdirSync(folder), ['history.json'])
  })

  test('that cannot be made, or not be put in its place, says which and what to do', async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'taken'))
    for (const file of [join(folder, 'nowhere/history.json'), join(folder, 'taken')])
      await assert.rejects(
        writeWholeFile(file, async () => {}),
        (error: Error) => 'code' in error && error.code === 'OUTPUT_FILE_UNUSABLE' && error.message.includes(file),
      )
    assert.deepEqual(readdirSync(folder), ['taken'])
  })

  test('takes away what a killed process left half written of it, and nothing else', async (t) => {
    const folder = temporaryFolder(t)
    // No process has the largest number; this one is alive.
    const others = [`.history.json.${process.ppid}.part`, '.other.json.4194304.part', 'history.json.4194304.part']
    for (const name of [...others, '.history.json.4194304.part']) writeFileSync(join(folder, name), 'half')
    await writeWholeFile(join(folder, 'history.json'), async (handle) => void (await handle.write('whole')))
    assert.deepEqual(readdirSync(folder).toSorted(), [...others, 'history.json'].toSorted())
  })
})
