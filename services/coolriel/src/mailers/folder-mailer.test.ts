import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test, type TestContext } from 'node:test'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import type { Email } from '../rendering/email.ts'
import { mailerSuite } from './conformance/mailer.suite.ts'
import { openFolderMailer } from './folder-mailer.ts'

mailerSuite({
  adapter: 'a folder',
  async open(t) {
    const { dir, mailer } = await openFolder(t)
    return {
      mailer,
      arrived: async () => Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8'))),
    }
  },
})

const email: Email = {
  messageId: '<1@magasinducoin.example>',
  to: 'ada@example.com',
  subject: 'Bienvenue',
  html: '<!doctype html><p>Bienvenue à l’épicerie</p>',
  text: 'Bienvenue',
  fileName: 'welcome_1',
  locale: 'fr',
}

async function openFolder(t: TestContext) {
  const dir = join(temporaryFolder(t), 'shop', 'output')
  const mailer = await openFolderMailer({ dir })
  t.after(() => mailer.close())
  return { dir, mailer }
}

describe('the folder of e-mails', () => {
  test('is made where there is none, and holds one page per e-mail, called after it', async (t) => {
    const { dir, mailer } = await openFolder(t)
    assert.deepEqual(await readdir(dir), [])
    await mailer.send(email)
    await mailer.send({ ...email, fileName: 'goodbye_1' })
    assert.deepEqual((await readdir(dir)).sort(), ['goodbye_1.html', 'welcome_1.html'])
  })

  test('holds the same page again, written anew, when an e-mail is sent again', async (t) => {
    const { dir, mailer } = await openFolder(t)
    const page = join(dir, 'welcome_1.html')
    await mailer.send(email)
    await writeFile(page, 'torn by a crash')
    await mailer.send(email)
    assert.deepEqual(await readdir(dir), ['welcome_1.html'])
    assert.equal(await readFile(page, 'utf8'), email.html)
    const { ino } = await stat(page)
    await mailer.send(email)
    assert.notEqual((await stat(page)).ino, ino, 'equal bytes may not be durable yet: they are written again')
  })

  test('is left alone by a file name that leads elsewhere: such an e-mail is refused for good', async (t) => {
    const { dir, mailer } = await openFolder(t)
    for (const fileName of [
      '../welcome_1',
      '/etc/welcome_1',
      'a/b',
      'a\\b',
      '..',
      '',
      '.hidden',
      'a\0b',
      'x'.repeat(201),
    ])
      await assert.rejects(mailer.send({ ...email, fileName }), { code: 'RECIPIENT_REFUSED' }, fileName)
    assert.deepEqual([await readdir(dir), await readdir(join(dir, '..'))], [[], ['output']])
  })

  test('keeps nothing of an e-mail that could not be put in its place, which is tried again', async (t) => {
    const { dir, mailer } = await openFolder(t)
    await mkdir(join(dir, 'welcome_1.html'))
    await assert.rejects(mailer.send(email), (error) => !isMagasinError(error, shopErrors.RECIPIENT_REFUSED))
    assert.deepEqual(await readdir(dir), ['welcome_1.html'])
    await rm(join(dir, 'welcome_1.html'), { recursive: true })
    await mailer.send(email)
    assert.equal(await readFile(join(dir, 'welcome_1.html'), 'utf8'), email.html)
  })

  test('keeps nothing of an e-mail whose sending is broken off half way', async (t) => {
    const { dir, mailer } = await openFolder(t)
    const stopping = new AbortController()
    const sending = mailer.send(email, stopping.signal)
    stopping.abort(new Error('stopping'))
    await assert.rejects(sending, /stopping/)
    assert.deepEqual(await readdir(dir), [])
  })

  test('loses what a killed process left half written when it is opened, and nothing else', async (t) => {
    const { dir } = await openFolder(t)
    const others = ['.hidden.tmp', '.magasin-notes.tmp', 'welcome_1.html']
    for (const name of [...others, '.magasin-0198c0de-0000-7000-8000-000000000001.tmp'])
      await writeFile(join(dir, name), 'x')
    await openFolderMailer({ dir })
    assert.deepEqual((await readdir(dir)).sort(), others)
  })

  test('holds only whole pages when the process that writes them is killed', async (t) => {
    const { dir } = await openFolder(t)
    for (let round = 1; round <= 5; round++) {
      await killWhileWriting(t, { dir, afterPages: round * 3 })
      await openFolderMailer({ dir })
      const names = await readdir(dir)
      assert.deepEqual(names, ['welcome_1.html'])
      const page = await readFile(join(dir, 'welcome_1.html'), 'utf8')
      assert.equal(page, page[0]!.repeat(1_000_000), 'one writing, from its first byte to its last')
    }
  })
})

/** A process that writes the same page for ever, each time with another letter; killed after so many. */
async function killWhileWriting(t: TestContext, { dir, afterPages }: { dir: string; afterPages: number }) {
  const program = `
    import { openFolderMailer } from ${JSON.stringify(import.meta.resolve('./folder-mailer.ts'))}
    const mailer = await openFolderMailer({ dir: ${JSON.stringify(dir)} })
    for (let n = 0; ; n++) {
      await mailer.send({ fileName: 'welcome_1', html: 'abcdefghij'[n % 10].repeat(1_000_000) })
      console.log(n)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  let pages = 0
  createInterface(child.stdout).on('line', () => {
    if (++pages === afterPages) child.kill('SIGKILL')
  })
  assert.deepEqual(await ended, [null, 'SIGKILL'])
}

describe('a folder that cannot be used', () => {
  const unusable = { code: 'OUTPUT_FOLDER_UNUSABLE', message: /OUTPUT_DIR/ }

  test('because it is a file, or lies under one, is said at the start', async (t) => {
    const file = join(temporaryFolder(t), 'file')
    await writeFile(file, '')
    await assert.rejects(openFolderMailer({ dir: file }), unusable)
    await assert.rejects(openFolderMailer({ dir: join(file, 'output') }), unusable)
  })

  test('because it may not be written is said at the start', async (t) => {
    const dir = temporaryFolder(t)
    await chmod(dir, 0o555)
    const actAsBefore = actAsNobody()
    try {
      await assert.rejects(openFolderMailer({ dir }), unusable)
    } finally {
      actAsBefore()
    }
  })

  test('any more is said when asked; e-mails to it are tried again, and arrive once it is back', async (t) => {
    const { dir, mailer } = await openFolder(t)
    await rm(dir, { recursive: true })
    await assert.rejects(mailer.check(), unusable)
    await assert.rejects(mailer.send(email), (error) => !isMagasinError(error, shopErrors.RECIPIENT_REFUSED))
    await mkdir(dir)
    await mailer.check()
    await mailer.send(email)
    assert.deepEqual(await readdir(dir), ['welcome_1.html'])
  })
})

/** The superuser may write everywhere: it becomes someone who may not, until the function that this returns is called. */
function actAsNobody(): () => void {
  if (process.geteuid?.() !== 0) return () => undefined
  process.seteuid?.(65_534)
  return () => process.seteuid?.(0)
}
