import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorCodes, type ErrorCode } from '@magasin/contracts/error-codes'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { Compile } from 'typebox/compile'
import { InputError } from './input-error.ts'
import { problemKinds, problemSchema, toProblem } from './problem.ts'

describe('a problem', () => {
  test('carries the facts of the error as members', () => {
    const error = new MagasinError('USER_NOT_FOUND', 'there is no user 42', { facts: { deleted: false, id: 42 } })
    assert.deepEqual(toProblem(error), {
      type: 'urn:magasin:error:USER_NOT_FOUND',
      title: 'No such user',
      status: 404,
      code: 'USER_NOT_FOUND',
      detail: 'there is no user 42',
      deleted: false,
      id: 42,
    })
  })

  test('keeps its own members whatever the facts are called', () => {
    const error = new MagasinError('EMAIL_TAKEN', 'in use', { facts: { status: 200, type: 'x' } })
    assert.deepEqual([toProblem(error).status, toProblem(error).type], [409, 'urn:magasin:error:EMAIL_TAKEN'])
  })

  test('tells nothing of an error that no caller caused', () => {
    for (const error of [
      new Error('secret'),
      'secret',
      undefined,
      new MagasinError('INTERNAL', 'secret'),
      new MagasinError('LOG_GAP', 'secret'),
    ])
      assert.doesNotMatch(JSON.stringify(toProblem(error)), /secret|LOG_GAP/)
  })

  test('tells callers that the store is away, and the operator alone where it is and why', () => {
    const error = new MagasinError('STORE_UNAVAILABLE', '10.0.0.7:3306 cannot be reached', { facts: { port: 3306 } })
    const problem = toProblem(error)
    assert.deepEqual([problem.status, problem.code], [503, 'STORE_UNAVAILABLE'])
    assert.match(problem.detail, /try again later/)
    assert.doesNotMatch(JSON.stringify(problem), /3306|10\.0/)
  })

  test('fits its schema, whatever the code', () => {
    const schema = Compile(problemSchema)
    for (const code of Object.keys(errorCodes) as ErrorCode[])
      assert.ok(schema.Check(toProblem(new MagasinError(code, 'x'))), code)
    assert.ok(schema.Check(toProblem(new InputError([{ field: 'email', message: 'is required' }]))))
  })

  test('that is a 503 says when to try again', () => {
    for (const [code, kind] of Object.entries(problemKinds))
      assert.equal(kind?.status === 503, kind?.retryAfterS !== undefined, code)
  })
})
