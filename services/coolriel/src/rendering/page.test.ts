import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { users, type UserEvent } from '@magasin/shop-contracts/families/users'
import { roles, UserType } from '@magasin/shop-contracts/user-types'
import fc from 'fast-check'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import type { EmailDefinition } from './email-definition.ts'
import { html } from './html.ts'
import { renderEmail } from './render-email.ts'
import { userEvent } from '../testing/user-event.ts'
import { emails } from '../emails/emails.ts'

/** Who chooses a name chooses what these e-mails show. */
const aboutUsers = emails.filter(({ on }) => Object.hasOwn(users.events, on)) as readonly EmailDefinition<UserEvent>[]

const executablePath = process.env['CHROME_PATH']
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Each would do harm in another place of a page; the element, the attribute, the comment, the style, the policy. */
const hostileNames = [
  `<script>alert(1)</script> "O'Neil" & fils`,
  `"><img src=x onerror="window.harmed = true">`,
  `</title></style></h1><svg onload='window.harmed = true'>`,
  '--><iframe src="javascript:parent.harmed = true"></iframe><!--',
  '<base href="http://magasinducoin.example/"><link rel=stylesheet href=/x.css>',
  '&lt;b&gt; &amp;quot; &#60;i&#62;',
]

const skip = executablePath === undefined && 'CHROME_PATH is not set: with the path of a Chromium in it, this runs'

describe('an e-mail in a browser', { skip }, () => {
  let folder: string
  let browser: BrowserContext

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'magasin-email-page-'))
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: executablePath!,
      headless: true,
      args,
    })
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const store = async (page: string): Promise<string> => {
    const file = join(folder, 'page.html')
    await writeFile(file, page)
    return pathToFileURL(file).href
  }

  for (const definition of aboutUsers)
    for (const role of roles)
      test(`shows any name as it is, does nothing and asks nobody (${definition.on}, ${role})`, async () => {
        for (const name of hostileNames) {
          const email = renderEmail(
            definition,
            userEvent(definition.on, { data: { name, user_type_id: UserType[role] } }),
          )
          const address = await store(email.html)
          const { seen, happened } = await open(browser, address)
          assert.deepEqual(happened, [`request ${address}`], 'the page itself is all that was asked for')
          assert.deepEqual(seen, {
            greeting: email.text.split('\n', 1)[0],
            title: email.subject,
            language: 'fr-CA',
            details: ['42', 'ada@example.com', '1er\u00a0mars 2026 à 10\u00a0h\u00a005'],
            active: 0,
            harmed: false,
          })
        }
      })

  test('that did something would be seen doing it', async () => {
    const address = await store(`<!doctype html><title>x</title><h1>x</h1>
      <script>alert(1); console.log(2); window.harmed = true</script><img src="x.png" alt=""><script>throw new Error('3')</script>`)
    const { seen, happened } = await open(browser, address)
    const image = address.replace('page.html', 'x.png')
    for (const expected of ['dialog 1', 'console 2', 'error 3', `request ${image}`])
      assert.ok(happened.includes(expected), expected)
    assert.deepEqual(seen, { greeting: 'x', title: 'x', language: '', details: [], active: 3, harmed: true })
  })

  test('holds exactly the text that the template was given', async () => {
    const texts = fc.sample(fc.string({ unit: 'grapheme', maxLength: 50 }), 300)
    const pages = texts.map((text) =>
      html`<!doctype html>
        <p title="${text}">${text}</p>`.toString(),
    )
    const page = await browser.newPage()
    const read = await page.evaluate(`(${readParagraphs})(${JSON.stringify(pages)})`)
    await page.close()
    assert.deepEqual(
      read,
      texts.map((text) => ({ title: text, text })),
    )
  })
})

/** What the page at `address` shows, and everything that it did on the way. */
async function open(browser: BrowserContext, address: string): Promise<{ seen: unknown; happened: readonly string[] }> {
  const page = await browser.newPage()
  const happened: string[] = []
  watch(page, happened)
  await page.goto(address, { waitUntil: 'load' })
  const seen = await page.evaluate(readPage)
  await page.close()
  return { seen, happened }
}

function watch(page: Page, happened: string[]): void {
  page.on('request', (request) => happened.push(`request ${request.url()}`))
  page.on('console', (message) => happened.push(`console ${message.text()}`))
  page.on('pageerror', (error) => happened.push(`error ${error.message}`))
  page.on('popup', (popup) => happened.push(`popup ${popup.url()}`))
  page.on('dialog', (dialog) => {
    happened.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
}

// Run in the browser, whose types this project does not load: handed over as text.
const readPage = `({
  greeting: document.querySelector('h1').textContent,
  title: document.title,
  language: document.documentElement.lang,
  details: [...document.querySelectorAll('td')].map((cell) => cell.textContent),
  active: document.querySelectorAll('script, img, svg, iframe, base, link, a, form, [onerror], [onload]').length,
  harmed: 'harmed' in window,
})`

const readParagraphs = `(pages) => pages.map((page) => {
  const paragraph = new DOMParser().parseFromString(page, 'text/html').querySelector('p')
  return { title: paragraph.title, text: paragraph.textContent }
})`
