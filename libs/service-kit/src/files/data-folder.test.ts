import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { holdDataFolder, isDataFolderHeld } from './data-folder.ts'

/** Another process that holds a folder until it is killed. */
async function holder(t: TestContext, folder: string) {
  const source = `
    import { holdDataFolder } from ${JSON.stringify(new URL('data-folder.ts', import.meta.url).href)}
    await holdDataFolder(${JSON.stringify(folder)}, ['store'])
    console.log('held')
    setInterval(() => {}, 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

describe('a data folder', () => {
  test('is made, for its owner alone, and held', async (t) => {
    const folder = join(temporaryFolder(t), 'deep/data')
    const held = await holdDataFolder(folder, ['store'])
    t.after(() => held.release())
    assert.ok(existsSync(folder))
    if (process.platform !== 'win32') assert.equal(statSync(folder).mode & 0o777, 0o700)
  })

  test('that is held is refused to a second one, who is told by which process', async (t) => {
    const folder = temporaryFolder(t)
    const held = await holdDataFolder(folder, ['store'])
    await assert.rejects(holdDataFolder(folder, ['store']), {
      code: 'DATA_FOLDER_IN_USE',
      message: new RegExp(`process ${process.pid}\\).*MAGASIN_DATA`),
    })
    held.release()
    const next = await holdDataFolder(folder, ['store'])
    next.release()
  })

  test('is held database by database: two services share it, one that wants both gets none of them', async (t) => {
    const folder = temporaryFolder(t)
    const store = await holdDataFolder(folder, ['store'])
    await assert.rejects(holdDataFolder(folder, ['letters', 'store']), { message: /store\.db already/ })
    const letters = await holdDataFolder(folder, ['letters'])
    assert.deepEqual([isDataFolderHeld(folder, 'store'), isDataFolderHeld(folder, 'letters')], [true, true])
    for (const held of [store, letters]) held.release()
    assert.deepEqual([isDataFolderHeld(folder, 'store'), isDataFolderHeld(folder, 'letters')], [false, false])
  })

  test('that another process holds is refused until that one is killed', async (t) => {
    const folder = temporaryFolder(t)
    const child = await holder(t, folder)
    await assert.rejects(holdDataFolder(folder, ['store']), {
      code: 'DATA_FOLDER_IN_USE',
      message: new RegExp(`process ${child.pid}\\)`),
    })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = await holdDataFolder(folder, ['store'])
    next.release()
  })

  test('that cannot be one is said to be unusable', async (t) => {
    const file = join(temporaryFolder(t), 'file')
    writeFileSync(file, '')
    for (const folder of [file, join(file, 'data')])
      await assert.rejects(holdDataFolder(folder, ['store']), { code: 'DATA_FOLDER_UNUSABLE', message: /MAGASIN_DATA/ })
  })
})
