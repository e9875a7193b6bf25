import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { exitCodeOf } from './exit-codes.ts'

test('a script can tell a wrong set-up and an incomplete history from a failure', () => {
  assert.equal(exitCodeOf(new MagasinError('CONFIG_INVALID', '')), 2)
  assert.equal(exitCodeOf(new MagasinError('DATA_FOLDER_IN_USE', '')), 2)
  assert.equal(exitCodeOf(new MagasinError('LOG_GAP', '')), 3)
  assert.equal(exitCodeOf(new MagasinError('STORE_UNAVAILABLE', '')), 1)
  assert.equal(exitCodeOf(new Error('anything')), 1)
  assert.equal(exitCodeOf(undefined), 1)
})
