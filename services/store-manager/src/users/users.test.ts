import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given } from '@magasin/host/testing/given'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { createUser } from './create-user.ts'
import { deleteUser } from './delete-user.ts'
import { emailKey } from './email-key.ts'
import { users } from './table.ts'
import type { User } from './user.ts'

const ada: User = { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 }
const row = { ...ada, email_key: 'ada@example.com' }

describe('creating a user', () => {
  test('given a free e-mail address, then the user is created', () => {
    given()
      .when(createUser(ada))
      .then([{ type: 'UserCreated', data: ada }])
  })

  test('given a taken e-mail address, then it is refused, and the address is not repeated', () => {
    const again = createUser({ ...ada, id: 43, email: 'ADA@example.com' })
    const { message } = given([users, [row]])
      .when(again)
      .thenRefused(shopErrors.EMAIL_TAKEN)
    assert.doesNotMatch(message, /ada@/i)
  })
})

describe('deleting a user', () => {
  test('given the user, then it is deleted and the event says who it was', () => {
    given([users, [row]])
      .when(deleteUser(42))
      .then([{ type: 'UserDeleted', data: ada }])
  })

  test('given nobody, then it is refused', () => {
    const refusal = given().when(deleteUser(42)).thenRefused(shopErrors.USER_NOT_FOUND)
    assert.deepEqual(refusal.facts, { deleted: false })
  })
})

test('an e-mail address is the same in whatever case and Unicode form it is written', () => {
  assert.equal(emailKey('Zoé@Example.COM'), emailKey('zoe\u0301@example.com'))
  assert.notEqual(emailKey('zoe@example.com'), emailKey('zoé@example.com'))
})
