import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { DecodedEvent } from '@magasin/contracts/event-record'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { roles, UserType, type Role } from '@magasin/shop-contracts/user-types'
import type { UserEvent } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import fc from 'fast-check'
import type { Letter } from '../rendering/email-definition.ts'
import type { Email } from '../rendering/email.ts'
import { renderEmail as renderAs } from '../rendering/render-email.ts'
import { userEvent } from '../testing/user-event.ts'
import { emails } from './emails.ts'

const renderEmail = (event: DecodedEvent<UserEvent>): Email =>
  renderAs(
    emails.find(({ on }) => on === event.type)!,
    event,
  )

const toRole = (type: UserEvent['type'], role: Role): Email =>
  renderEmail(userEvent(type, { data: { user_type_id: UserType[role] } }))

interface Expected {
  readonly subject: string
  readonly greeting: string
  readonly says: string
  readonly signedBy: string
}

const expected: Readonly<Record<UserEvent['type'], Readonly<Record<Role, Expected>>>> = {
  UserCreated: {
    client: {
      subject: 'Bienvenue au Magasin du Coin, Ada Lovelace',
      greeting: 'Bonjour Ada Lovelace,',
      says: 'Merci de votre visite au Magasin du Coin',
      signedBy: 'L’équipe du Magasin du Coin',
    },
    employee: {
      subject: 'Bienvenue dans l’équipe, Ada Lovelace\u202f!',
      greeting: 'Salut Ada Lovelace\u202f!',
      says: 'On avait hâte de te compter parmi nous.',
      signedBy: 'Toute l’équipe du Magasin du Coin',
    },
    manager: {
      subject: 'Bienvenue à la direction du Magasin du Coin, Ada Lovelace',
      greeting: 'Bonjour Ada Lovelace,',
      says: 'nous vous accueillons à la direction du Magasin du Coin.',
      signedBy: 'La direction du Magasin du Coin',
    },
  },
  UserDeleted: {
    client: {
      subject: 'Merci et au revoir, Ada Lovelace',
      greeting: 'Bonjour Ada Lovelace,',
      says: 'Notre porte vous reste grande ouverte',
      signedBy: 'L’équipe du Magasin du Coin',
    },
    employee: {
      subject: 'Merci pour tout, Ada Lovelace\u202f!',
      greeting: 'Salut Ada Lovelace,',
      says: 'repasse nous voir quand tu veux.',
      signedBy: 'Toute l’équipe du Magasin du Coin',
    },
    manager: {
      subject: 'Au nom de toute l’équipe, merci, Ada Lovelace',
      greeting: 'Bonjour Ada Lovelace,',
      says: 'merci de votre engagement',
      signedBy: 'La direction du Magasin du Coin',
    },
  },
}

describe('the e-mail that follows from an event', () => {
  for (const type of ['UserCreated', 'UserDeleted'] as const)
    for (const role of roles)
      test(`${type} of a ${role} speaks to a ${role}, in the page and in the text`, () => {
        const { subject, greeting, says, signedBy } = expected[type][role]
        const { html, text, ...envelope } = toRole(type, role)
        assert.deepEqual(envelope, {
          messageId: '<0198c0de-0000-7000-8000-000000000042@magasinducoin.example>',
          to: 'ada@example.com',
          subject,
          fileName: type === 'UserCreated' ? 'welcome_42' : 'goodbye_42',
          locale: 'fr',
        })
        for (const part of [`<title>${subject}</title>`, `<h1>${greeting}</h1>`, says, `<strong>${signedBy}</strong>`])
          assert.ok(html.includes(part), `the page shows ${part}`)
        for (const cell of ['42', 'ada@example.com', '1er\u00a0mars 2026 à 10\u00a0h\u00a005'])
          assert.ok(html.includes(`<td>${cell}</td>`), `the page shows ${cell}`)
        assert.ok(text.startsWith(`${greeting}\n\n`) && text.includes(says) && text.includes(`\n${signedBy}\n`))
      })

  test('reads, as text, exactly so', () => {
    assert.equal(
      toRole('UserDeleted', 'client').text,
      `Bonjour Ada Lovelace,

Votre compte au Magasin du Coin est maintenant fermé. Merci de vos visites et de la confiance que vous nous avez accordée.

Notre porte vous reste grande ouverte\u00a0: si le cœur vous en dit, nous aurons toujours plaisir à vous accueillir de nouveau.

Au plaisir de vous revoir,
L’équipe du Magasin du Coin

Numéro\u00a0: 42
Courriel\u00a0: ada@example.com
Date\u00a0: 1er\u00a0mars 2026 à 10\u00a0h\u00a005
`,
    )
  })

  test('of an event from before user types existed is a client’s', () => {
    const { data, record } = userEvent('UserCreated')
    const { user_type_id: _, ...older } = data
    const stored = { ...record, schemaVersion: 1, value: JSON.stringify({ event: 'UserCreated', ...older }) }
    assert.deepEqual(
      renderEmail(shopCatalogue.decode(stored) as DecodedEvent<UserEvent>),
      toRole('UserCreated', 'client'),
    )
  })

  test('has another look for each kind of user', () => {
    const styles = roles.map((role) => /<style>[^]*<\/style>/.exec(toRole('UserCreated', role).html)?.[0])
    assert.equal(new Set(styles).size, roles.length)
  })
})

describe('the same event', () => {
  const timeZone = process.env['TZ']
  after(() => {
    if (timeZone === undefined) delete process.env['TZ']
    else process.env['TZ'] = timeZone
  })

  test('gives the same bytes wherever the machine stands', () => {
    const [here, there] = ['America/Toronto', 'Asia/Tokyo'].map((zone) => {
      process.env['TZ'] = zone
      return { hour: new Date(0).getHours(), email: renderEmail(userEvent('UserCreated')) }
    })
    assert.notEqual(here?.hour, there?.hour, 'the machine did change its time zone')
    assert.deepEqual(here?.email, there?.email)
  })
})

describe('what a user is called', () => {
  test('cannot form markup: a name with a script in it is only a name', () => {
    const name = `<script>alert(1)</script> "O'Neil" & fils`
    const { html, text, subject } = renderEmail(userEvent('UserCreated', { data: { name } }))
    assert.ok(
      html.includes('<h1>Bonjour &lt;script&gt;alert(1)&lt;/script&gt; &quot;O&#39;Neil&quot; &amp; fils,</h1>'),
    )
    assert.doesNotMatch(html, /<script/i)
    assert.ok(text.startsWith(`Bonjour ${name},\n`), 'plain text needs no escaping')
    assert.equal(subject, `Bienvenue au Magasin du Coin, ${name}`)
  })

  test('cannot change the page around it', () => {
    const tagsOf = (name: string) => renderEmail(userEvent('UserCreated', { data: { name } })).html.match(/<[^>]*>/g)
    const plain = tagsOf('Ada')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), (name) =>
        assert.deepEqual(tagsOf(name), plain),
      ),
    )
  })

  test('cannot add a header: the subject stays on one line', () => {
    const name = 'Ada\r\nBcc: all@example.com\u2028\0.'
    assert.equal(
      renderEmail(userEvent('UserCreated', { data: { name } })).subject,
      'Bienvenue au Magasin du Coin, Ada Bcc: all@example.com .',
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), (any) => {
        assert.doesNotMatch(
          renderEmail(userEvent('UserDeleted', { data: { name: any } })).subject,
          /[\p{Cc}\u2028\u2029]/u,
        )
      }),
    )
  })

  test('cannot add a header through the address: such an event is refused, and the address not told', () => {
    const event = userEvent('UserCreated', { data: { email: 'ada@example.com\r\nBcc: all@example.com' } })
    assert.throws(
      () => renderEmail(event),
      (error) => isMagasinError(error, shopErrors.RECIPIENT_REFUSED) && !error.message.includes('example.com'),
    )
  })
})

const allWords = ({ subject, greeting, message, signature }: Letter): string =>
  [subject('Ada'), greeting('Ada'), ...message, ...signature].join('\n')

describe('the French words', () => {
  for (const { on, words } of emails)
    for (const role of roles) {
      const said = allWords(words.fr[role])

      test(`keep the typography of French (${on}, ${role})`, () => {
        assert.doesNotMatch(said, /['"]/, 'apostrophes and quotes are typographic')
        assert.doesNotMatch(said, / [!?;:»]|« /, 'a space before high punctuation does not break')
        assert.doesNotMatch(said, /[^\u202f][!?;]|[^\u00a0]:/, 'high punctuation has its space')
      })

      test(`say ${role === 'employee' ? 'tu' : 'vous'} (${on}, ${role})`, () => {
        const [expectedWord, other] = role === 'employee' ? [tu, vous] : [vous, tu]
        assert.match(said, expectedWord)
        assert.doesNotMatch(said, other)
      })
    }
})

const tu = /\b(tu|te|t’|ton|ta|tes)\b/i
const vous = /\b(vous|votre|vos)\b/i

test('no two e-mails follow from one event, so that none is forgotten, or share a page', () => {
  assert.equal(new Set(emails.map(({ on }) => on)).size, emails.length)
  assert.equal(new Set(emails.map((email) => email.fileName(email.sample))).size, emails.length)
})
