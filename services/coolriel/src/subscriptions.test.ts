import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emails } from './emails/emails.ts'
import { goodbye } from './emails/goodbye.ts'
import { welcome } from './emails/welcome.ts'
import type { Mailer } from './mailers/mailer.ts'
import { emailSubscription } from './subscriptions.ts'

const unused: Mailer = {
  send: () => assert.fail('nothing is sent'),
  check: () => assert.fail('nothing is asked'),
  close: () => assert.fail('nothing was opened'),
}

test('Coolriel listens to every event from which an e-mail follows', () => {
  const { on } = emailSubscription(unused, 'coolriel')
  assert.deepEqual(
    Object.keys(on),
    emails.map((email) => email.on),
  )
})

test('a second e-mail on one type of event is refused at start, naming both', () => {
  const both = [welcome, { ...goodbye, on: welcome.on }]
  assert.throws(() => emailSubscription(unused, 'coolriel', both), {
    code: 'CONFIG_INVALID',
    message: /2 e-mails follow from UserCreated, such as welcome_42 and goodbye_42/,
  })
})
