import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { openStore } from '../open-store.ts'
import { firstManagerToken } from './manager-token.ts'

/** The tokens of a new store, and what `firstManagerToken` makes of them at each start. */
async function place(t: TestContext) {
  const dataDir = temporaryFolder(t)
  const { tokens, close } = await openStore({ dataDir })
  t.after(close)
  return {
    tokens,
    file: join(dataDir, 'manager.token'),
    start: (given: string | null = null) => firstManagerToken(tokens, { dataDir, given }),
    roleOf: async (token: string) => (await tokens.authenticate(token))?.role,
  }
}

describe('the first manager’s token', () => {
  test('is made once, kept where only its owner reads it, and opens the shop', async (t) => {
    const { start, file, roleOf, tokens } = await place(t)
    const token = await start()
    assert.match(token ?? '', /^mag_/)
    assert.equal(readFileSync(file, 'utf8'), `${token}\n`)
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(await roleOf(token!), 'manager')
    assert.equal(await start(), token)
    assert.equal((await tokens.list()).length, 1)
  })

  test('that was given is the one, and is written nowhere', async (t) => {
    const { start, file, roleOf } = await place(t)
    const given = 'a-token-from-elsewhere'
    assert.equal(await start(given), given)
    assert.equal(await roleOf(given), 'manager')
    assert.throws(() => statSync(file), { code: 'ENOENT' })
  })

  test('that is given anew closes the one given before', async (t) => {
    const { start, roleOf } = await place(t)
    await start('a-token-that-leaked')
    await start('a-token-from-elsewhere')
    assert.equal(await roleOf('a-token-that-leaked'), undefined)
    assert.equal(await roleOf('a-token-from-elsewhere'), 'manager')
  })

  test('that is given takes the place of the one in the file, until it is given no more', async (t) => {
    const { start, roleOf } = await place(t)
    const kept = await start()
    await start('a-token-from-elsewhere')
    assert.equal(await roleOf(kept!), undefined)
    assert.equal(await start(), kept)
    assert.equal(await roleOf(kept!), 'manager')
    assert.equal(await roleOf('a-token-from-elsewhere'), undefined)
  })

  test('whose file was lost is not made anew behind its owner’s back', async (t) => {
    const { start, file, roleOf } = await place(t)
    const token = await start()
    rmSync(file)
    assert.equal(await start(), undefined)
    assert.equal(await roleOf(token!), 'manager', 'who wrote it down still has it')
  })

  test('that was written when a start was killed is stored by the next', async (t) => {
    const { start, file, roleOf } = await place(t)
    writeFileSync(file, 'mag_written-before-it-was-stored\n', { mode: 0o600 })
    assert.equal(await start(), 'mag_written-before-it-was-stored')
    assert.equal(await roleOf('mag_written-before-it-was-stored'), 'manager')
  })

  test('that was revoked stays so, though its file is there', async (t) => {
    const { start, tokens, roleOf } = await place(t)
    const token = await start()
    await tokens.revoke((await tokens.list())[0]!.id)
    await start()
    assert.equal(await roleOf(token!), undefined)
  })

  test('in an empty file is none, and what to do is said', async (t) => {
    const { start, file } = await place(t)
    writeFileSync(file, '\n')
    await assert.rejects(start(), { code: 'DATA_FOLDER_UNUSABLE', message: /magasin token create --manager/ })
  })
})
