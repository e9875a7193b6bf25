import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ErrorKind } from '@magasin/contracts/error-kinds'
import { errors } from '@magasin/contracts/errors'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { clubErrors } from '@magasin/contracts/testing/members'
import { Compile } from 'typebox/compile'
import { InputError } from './input-error.ts'
import { problemSchema, toProblem } from './problem.ts'

describe('a problem', () => {
  test('carries the facts of the error as members', () => {
    const error = new MagasinError(clubErrors.MEMBER_NOT_FOUND, 'there is no member 42', {
      facts: { deleted: false, id: 42 },
    })
    assert.deepEqual(toProblem(error), {
      type: 'urn:magasin:error:MEMBER_NOT_FOUND',
      title: 'No such member',
      status: 404,
      code: 'MEMBER_NOT_FOUND',
      detail: 'there is no member 42',
      deleted: false,
      id: 42,
    })
  })

  test('keeps its own members whatever the facts are called', () => {
    const error = new MagasinError(clubErrors.CONTACT_TAKEN, 'in use', { facts: { status: 200, type: 'x' } })
    assert.deepEqual([toProblem(error).status, toProblem(error).type], [409, 'urn:magasin:error:CONTACT_TAKEN'])
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
    for (const kind of Object.values(errors)) assert.ok(schema.Check(toProblem(new MagasinError(kind, 'x'))), kind.code)
    assert.ok(schema.Check(toProblem(new InputError([{ field: 'contact', message: 'is required' }]))))
  })

  test('that is a 503 says when to try again', () => {
    for (const { code, http } of Object.values<ErrorKind>(errors))
      assert.equal(http?.status === 503, http?.retryAfterS !== undefined, code)
  })
})
