import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { makeWholeFolder } from './whole-folder.ts'

describe('a whole folder', () => {
  test('is there when it is whole, and not before, for its owner alone', async (t) => {
    const folder = join(temporaryFolder(t), 'backups/monday')
    const filled = await makeWholeFolder(folder, async (draft) => {
      writeFileSync(join(draft, 'store.db'), 'rows')
      assert.equal(existsSync(folder), false)
      return 'filled'
    })
    assert.equal(filled, 'filled')
    assert.equal(readFileSync(join(folder, 'store.db'), 'utf8'), 'rows')
    if (process.platform !== 'win32') assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.deepEqual(readdirSync(join(folder, '..')), ['monday'])
  })

  test('that could not be filled leaves nothing, and the reason', async (t) => {
    const above = temporaryFolder(t)
    const reason = new Error('the disk is full')
    const making = makeWholeFolder(join(above, 'monday'), async (draft) => {
      writeFileSync(join(draft, 'store.db'), 'ro')
      throw reason
    })
    await assert.rejects(making, reason)
    assert.deepEqual(readdirSync(above), [])
  })

  test('takes the place of no other one', async (t) => {
    const above = temporaryFolder(t)
    const folder = join(above, 'monday')
    mkdirSync(folder)
    writeFileSync(join(folder, 'store.db'), 'rows of another')
    await assert.rejects(makeWholeFolder(folder, async (draft) => writeFileSync(join(draft, 'store.db'), 'rows')))
    assert.equal(readFileSync(join(folder, 'store.db'), 'utf8'), 'rows of another')
    assert.deepEqual(readdirSync(above), ['monday'])
  })
})
