import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from './spawned.ts'

const node = (script: string) => start(process.execPath, ['-e', script])

test('a program that says what is waited for as its last word is heard', async () => {
  const [, word] = await node(`console.log('the last word')`).says(/the last (\w+)/)
  assert.equal(word, 'word')
})

test('a program that ends without it is not waited for any longer, and what it said is told', async () => {
  await assert.rejects(node(`console.error('no disk')`).says(/is open/), /ended without [^]*no disk/)
})

test('a program gets no setting of ours from the environment of the tests', async () => {
  process.env['MAGASIN_PLANTED'] = 'here'
  const program = node('console.log(process.env.MAGASIN_PLANTED)')
  assert.equal(await program.ended(), 0)
  assert.equal(program.stdout(), 'undefined\n')
})
