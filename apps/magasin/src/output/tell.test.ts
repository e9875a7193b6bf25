import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tell } from './tell.ts'

test('what is told shows control characters in place of sending them to the terminal', (t) => {
  const write = t.mock.method(process.stdout, 'write', () => true)
  tell('held by \u001b]0;pwned\u0007\u009b2J\n\tmore')
  const told = write.mock.calls.map(({ arguments: [text] }) => text).join('')
  t.mock.restoreAll()
  assert.equal(told, 'held by \\x1b]0;pwned\\x07\\x9b2J\n\tmore\n')
})
