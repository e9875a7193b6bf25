import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { copySqlite } from '@magasin/sql/sqlite/copy-sqlite'
import { temporaryFolder } from '../../../../../tools/testing/temporary-folder.ts'
import { copyAtOneMoment } from './copy-at-one-moment.ts'

const program = fileURLToPath(new URL('testing/answer-each-other.ts', import.meta.url))
const names = ['asker.db', 'answerer.db']

/** Two databases that answer each other as fast as they can, until the test ends. */
async function talking(t: TestContext) {
  const folder = temporaryFolder(t)
  const files = names.map((name) => join(folder, name))
  const writer = spawn(process.execPath, [program, ...files], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(async () => {
    writer.kill('SIGKILL')
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  })
  await once(writer.stdout, 'data')
  const copy = join(folder, 'copy')
  mkdirSync(copy)
  return { files, copy }
}

interface State {
  readonly seq: number
  readonly position: number
}

/** Those whose position lies beyond the end of the other one. */
function aheadIn(folder: string): readonly string[] {
  const states = names.map((name) => {
    const database = new DatabaseSync(join(folder, name), { readOnly: true })
    const row = database.prepare('select seq, position from state').get() as unknown as State
    database.close()
    return row
  })
  return names.filter((_name, i) => states[i]!.position > states[1 - i]!.seq)
}

test('databases whose services answer each other are copied as they are at one moment', async (t) => {
  const { files, copy } = await talking(t)
  for (let round = 0; round < 5; round++) {
    const into = join(copy, String(round))
    mkdirSync(into)
    await copyAtOneMoment(files, into)
    assert.deepEqual(aheadIn(into), [])
    assert.deepEqual(readdirSync(into).toSorted(), names.toSorted())
  }
})

test('copied one after the other, in whatever order, one of them is ahead of the other', async (t) => {
  for (const reverse of [false, true]) {
    const { files, copy } = await talking(t)
    for (const file of reverse ? files.toReversed() : files) copySqlite(file, join(copy, file.split(/[\\/]/).at(-1)!))
    assert.equal(aheadIn(copy).length, 1)
  }
})

test('what is no database is refused by name', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'store.db')
  writeFileSync(file, 'no database at all, but long enough to be looked at as if it were one'.repeat(20))
  await assert.rejects(copyAtOneMoment([file], temporaryFolder(t)), { code: 'DATABASE_DAMAGED', message: /store\.db/ })
})
