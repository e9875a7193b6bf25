import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decideCreateUser } from './create-user.ts'
import { decideDeleteUser } from './delete-user.ts'
import { emailKey } from './email-key.ts'
import type { User } from './user.ts'

const ada: User = { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 }

describe('creating a user', () => {
  test('given a free e-mail address, then the user is created', () => {
    assert.deepEqual(decideCreateUser({ isEmailTaken: false }, ada), [{ type: 'UserCreated', data: ada }])
  })

  test('given a taken e-mail address, then it is refused, and the address is not repeated', () => {
    assert.throws(() => decideCreateUser({ isEmailTaken: true }, ada), { code: 'EMAIL_TAKEN', message: /^(?!.*ada@)/ })
  })
})

describe('deleting a user', () => {
  test('given the user, then it is deleted and the event says who it was', () => {
    assert.deepEqual(decideDeleteUser(ada, 42), [{ type: 'UserDeleted', data: ada }])
  })

  test('given nobody, then it is refused', () => {
    assert.throws(() => decideDeleteUser(undefined, 42), { code: 'USER_NOT_FOUND', facts: { deleted: false } })
  })
})

test('an e-mail address is the same in whatever case and Unicode form it is written', () => {
  assert.equal(emailKey('Zoé@Example.COM'), emailKey('zoe\u0301@example.com'))
  assert.notEqual(emailKey('zoe@example.com'), emailKey('zoé@example.com'))
})
