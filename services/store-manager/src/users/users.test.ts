import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given } from '@magasin/event-store/testing/given'
import { orders } from '../orders/table.ts'
import { createUser } from './create-user.ts'
import { deleteUser } from './delete-user.ts'
import { users } from './table.ts'
import { emailKey } from './email-key.ts'
import type { User } from './user.ts'

const ada: User = { id: 42, name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: 1 }
const { id: _, ...newcomer } = ada
const row = { ...ada, email_key: emailKey(ada.email) }

describe('creating a user', () => {
  test('given a free e-mail address, then the user is created', () => {
    const decision = given([users]).when(createUser(newcomer), { id: 42 })
    assert.deepEqual(decision, { events: [{ type: 'UserCreated', data: ada }], answer: { user_id: 42 } })
  })

  test('given a taken e-mail address, then it is refused, and the address is not repeated', () => {
    const taken = given([users, row], [orders])
    const again = createUser({ ...newcomer, email: 'ADA@example.com' })
    assert.throws(() => taken.when(again, { id: 43 }), { code: 'EMAIL_TAKEN', message: /^(?!.*ada@)/i })
  })
})

describe('deleting a user', () => {
  test('given the user, then it is deleted and the event says who it was', () => {
    const decision = given([users, row], [orders]).when(deleteUser(42))
    assert.deepEqual(decision, { events: [{ type: 'UserDeleted', data: ada }], answer: { deleted: true } })
  })

  test('given nobody, then it is refused', () => {
    assert.throws(() => given([users], [orders]).when(deleteUser(42)), {
      code: 'USER_NOT_FOUND',
      facts: { deleted: false },
    })
  })
})

test('an e-mail address is the same in whatever case and Unicode form it is written', () => {
  assert.equal(emailKey('Zoé@Example.COM'), emailKey('zoe\u0301@example.com'))
  assert.notEqual(emailKey('zoe@example.com'), emailKey('zoé@example.com'))
})
