import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { readShopConfig } from '@magasin/shop/config'
import { startShop, type Shop } from '@magasin/shop/start'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { until } from '../tools/testing/until.ts'

const executablePath = process.env['CHROME_PATH']
const skip = executablePath === undefined && 'CHROME_PATH is not set: with the path of a Chromium in it, this runs'
const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

describe('a browser', { skip }, () => {
  let folder: string
  let shop: Shop
  let browser: BrowserContext

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'magasin-browser-'))
    const env = { MAGASIN_DATA: join(folder, 'data'), OUTPUT_DIR: join(folder, 'output'), PORT: '0' }
    shop = await startShop(readShopConfig({ ...env, LOG_LEVEL: 'silent' }))
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: executablePath!,
      headless: true,
      args,
    })
  })
  after(async () => {
    await browser?.close()
    await shop?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('finds on / what runs here, and the way to the reference', async () => {
    const { page, happened } = await open(browser, `${shop.url}/`)
    assert.equal(await page.title(), 'Magasin')
    const text = await page.innerText('body')
    for (const part of ['store-manager', 'Coolriel', '/openapi.json', '/health-check', '/ready', '/metrics'])
      assert.ok(text.includes(part), `${part} is not in\n${text}`)
    await page.click('a[href="/docs"]')
    await page.waitForSelector('.swagger-ui .opblock')
    assert.equal(new URL(page.url()).origin, shop.url)
    assert.deepEqual(strange(happened, shop.url), [])
    await page.close()
  })

  test('fits the page on / into a telephone’s width', async () => {
    const { page } = await open(browser, `${shop.url}/`)
    await page.setViewportSize({ width: 320, height: 640 })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
    await page.close()
  })

  test('creates a user in the reference, with the token alone, and asks nobody but the shop', async () => {
    const { page, happened } = await open(browser, `${shop.url}/docs`)
    await page.click('.auth-wrapper button.authorize')
    await page.fill('.modal-ux input', shop.services.token!)
    await page.click('.modal-ux button.authorize')
    await page.click('.modal-ux button.btn-done')
    const block = page.locator('.opblock-post', { has: page.locator('[data-path="/users"]') })
    if (!(await block.locator('.opblock-body').isVisible())) await block.locator('.opblock-summary').click()
    const tryOut = block.locator('button.try-out__btn')
    if (!(await tryOut.getAttribute('class'))?.includes('cancel')) await tryOut.click()
    await block
      .locator('textarea.body-param__text')
      .fill(JSON.stringify({ name: 'Grace Hopper', email: 'grace@example.com' }))
    await block.locator('button.execute').click()
    const answer = block.locator('.live-responses-table tbody .response').first()
    await answer.waitFor()
    assert.equal((await answer.locator('.response-col_status').innerText()).trim().slice(0, 3), '201')
    const { user_id } = JSON.parse(
      await answer.locator('.highlight-code code, .highlight-code pre').first().innerText(),
    ) as {
      readonly user_id: number
    }
    const read = await fetch(`${shop.url}/users/${user_id}`, {
      headers: { authorization: `Bearer ${shop.services.token}` },
    })
    assert.equal(((await read.json()) as { readonly name: unknown }).name, 'Grace Hopper')
    assert.deepEqual(strange(happened, shop.url), [])
    await page.close()
  })

  test('shows the e-mail to a hostile name as text: nothing runs, nobody is asked', async () => {
    const name = `<script>alert(1)</script> "O'Neil" & fils`
    const created = await fetch(`${shop.url}/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.services.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, email: 'oneil@example.com' }),
    })
    const { user_id } = (await created.json()) as { readonly user_id: number }
    const file = join(folder, `output/welcome_${user_id}.html`)
    await until('the welcome page', () => existsSync(file))
    const address = pathToFileURL(file).href
    const { page, happened } = await open(browser, address)
    assert.ok((await page.innerText('body')).includes(name))
    assert.equal(await page.evaluate('document.scripts.length'), 0)
    assert.deepEqual(happened, [`request ${address}`])
    await page.close()
  })

  test('that asked elsewhere, or was refused something, would be seen', async () => {
    const { page, happened } = await open(browser, `${shop.url}/`)
    await page.evaluate(`fetch('http://127.0.0.1:9/').catch(() => 0)`)
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))`,
    )
    assert.equal(
      await page.evaluate('window.ran'),
      undefined,
      'the policy keeps what was written into a page from running',
    )
    assert.ok(
      strange(happened, shop.url).some((one) => /Content Security Policy/.test(one)),
      happened.join('\n'),
    )
    await page.close()
  })
})

/** Opens an address, and notes everything that happens from then on. */
async function open(browser: BrowserContext, address: string): Promise<{ page: Page; happened: string[] }> {
  const page = await browser.newPage()
  const happened: string[] = []
  page.on('request', (request) => happened.push(`request ${request.url()}`))
  page.on('requestfailed', (request) => happened.push(`failed ${request.url()}`))
  page.on('response', (response) => response.status() >= 400 && happened.push(`refused ${response.url()}`))
  page.on('console', (message) => happened.push(`console ${message.type()} ${message.text()}`))
  page.on('pageerror', (error) => happened.push(`error ${error.message}`))
  page.on('dialog', (dialog) => {
    happened.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(address, { waitUntil: 'load' })
  return { page, happened }
}

/** What should not happen: anything but requests to the shop, and pictures that a page holds in itself. */
function strange(happened: readonly string[], url: string): readonly string[] {
  return happened.filter((one) => !one.startsWith(`request ${url}/`) && !one.startsWith('request data:'))
}
