import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { welcome as welcomeEmail } from '../../emails/welcome.ts'
import type { Email } from '../../rendering/email.ts'
import { renderEmail } from '../../rendering/render-email.ts'
import { userEvent } from '../../testing/user-event.ts'
import type { Mailer } from '../mailer.ts'

/** A mailer under examination, empty, freed at the end of the test. */
export interface MailerCase {
  readonly adapter: string
  open(t: TestContext): Promise<{
    readonly mailer: Mailer
    /** The pages that have arrived, e-mails that can be known for the same counted once. */
    arrived(): Promise<readonly string[]>
  }>
}

const welcome = (id: number): Email =>
  renderEmail(welcomeEmail, userEvent('UserCreated', { data: { id, name: `Person ${id}` } }))

/** What every mailer must do, wherever it sends. */
export function mailerSuite({ adapter, open }: MailerCase): void {
  describe(`a mailer to ${adapter}`, () => {
    test('has delivered an e-mail, as it was, when it says so', async (t) => {
      const { mailer, arrived } = await open(t)
      await mailer.send(welcome(1))
      assert.deepEqual(await arrived(), [welcome(1).html])
    })

    test('delivers an e-mail that is sent ten times so that it can be known for one', async (t) => {
      const { mailer, arrived } = await open(t)
      await mailer.send(welcome(1))
      await Promise.all(Array.from({ length: 9 }, () => mailer.send(welcome(1))))
      assert.deepEqual(await arrived(), [welcome(1).html])
    })

    test('delivers all of many e-mails that are sent at once', async (t) => {
      const { mailer, arrived } = await open(t)
      const emails = Array.from({ length: 100 }, (_, index) => welcome(index + 1))
      await Promise.all(emails.map((email) => mailer.send(email)))
      assert.deepEqual([...(await arrived())].sort(), emails.map(({ html }) => html).sort())
    })

    test('delivers nothing once it is told to stop, and says why', async (t) => {
      const { mailer, arrived } = await open(t)
      const reason = new Error('stopping')
      await assert.rejects(mailer.send(welcome(1), AbortSignal.abort(reason)), reason)
      assert.deepEqual(await arrived(), [])
    })

    test('can be asked whether it works, and sends nothing for it', async (t) => {
      const { mailer, arrived } = await open(t)
      await mailer.check()
      assert.deepEqual(await arrived(), [])
    })

    test('closes once, however often it is told to', async (t) => {
      const { mailer } = await open(t)
      await mailer.close()
      await mailer.close()
    })
  })
}
