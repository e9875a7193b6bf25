import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { call, createUser } from './testing/call.ts'
import { cloneInto, newcomersPath } from './testing/newcomer.ts'
import { kill, start, type Spawned } from '../tools/testing/spawned.ts'
import { until } from '../tools/testing/until.ts'
import { writtenFiles } from './testing/written-files.ts'

/** What a newcomer reads in the banner. */
interface Banner {
  readonly url: string
  readonly token: string
  readonly curl: string
  readonly text: string
}

const firstAnswerMs = 60_000

// The story that the README tells, from the clone to the second start: one test, because each step needs the one before.
test('a newcomer clones, starts and sees the whole path work', async (t) => {
  const folder = join(temporaryFolder(t), 'magasin')
  cloneInto(folder)
  const { path, node } = newcomersPath()
  t.diagnostic(`Node in front: ${node}; Node of the tests: ${process.version}`)
  const env = { PATH: path, PORT: '0' }
  assert.ok(!existsSync(join(folder, 'node_modules')), 'nothing is installed')

  const began = performance.now()
  const npm = npmStart(t, folder, env)
  const shop = await opened(npm, firstAnswerMs)
  const openedMs = performance.now() - began
  await until('an answer to GET /health-check', () => answersHealthCheck(shop.url).catch(() => false))
  const answeredMs = performance.now() - began
  const installS = Number(/done in ([\d.]+) s/.exec(npm.output())?.[1])
  t.diagnostic(
    `install ${installS} s, start ${seconds(openedMs - installS * 1_000)}, first answer ${seconds(answeredMs - openedMs)}, all ${seconds(answeredMs)}`,
  )
  assert.ok(answeredMs < firstAnswerMs, `the first answer took ${seconds(answeredMs)}`)
  assert.match(shop.text, /5 users and 4 products of the seed data/)

  const users = await createThree(t, shop, { folder, env })
  const pages = await readWelcomes(folder, users)
  assert.match(pages.client, /Merci de votre visite/)
  assert.match(pages.employee, /Bienvenue dans l’équipe/)
  assert.match(pages.manager, /à la direction/)
  assert.equal(new Set(Object.values(pages).map(messageOf)).size, 3, 'three types, three messages')

  assert.deepEqual(await call(shop, `DELETE /users/${users.client}`), { deleted: true })
  await until('the goodbye page', () => existsSync(join(folder, `output/goodbye_${users.client}.html`)))
  await exportAndCount(folder, env, 5 + 3 + 1)

  await interrupt(npm)
  assert.equal(await answersHealthCheck(shop.url).catch(() => false), false, 'nobody listens any more')
  assert.ok(!existsSync(join(folder, 'data/store.db-wal')), 'the database was closed')
  assert.doesNotMatch(npm.output(), /^\s+at |npm error/m)

  await goesOn(t, { folder, env, earlier: shop, users })
})

/** A second start, this time where npm runs no scripts, and its end by the death of npm. */
async function goesOn(
  t: TestContext,
  was: { folder: string; env: Readonly<Record<string, string>>; earlier: Banner; users: Users },
): Promise<void> {
  const { folder, earlier, users } = was
  const written = writtenFiles(join(folder, 'output'))
  const npm = npmStart(t, folder, { ...was.env, npm_config_ignore_scripts: 'true' })
  const shop = await opened(npm, firstAnswerMs)
  assert.doesNotMatch(npm.output(), /installing|seed data/)
  assert.equal(shop.token, earlier.token)

  const list = (await call(shop, 'GET /users')) as { readonly users: readonly { readonly id: number }[] }
  assert.deepEqual(
    list.users.map(({ id }) => id),
    [1, 2, 3, 4, 5, users.employee, users.manager],
  )
  const next = await createUser(shop, { name: 'Alan Kay', email: 'alan@example.com' })
  assert.ok(next > Math.max(...Object.values(users)), 'ids go on')
  await until('the welcome page of the second start', () => existsSync(join(folder, `output/welcome_${next}.html`)))
  const { [`welcome_${next}.html`]: _, ...others } = writtenFiles(join(folder, 'output'))
  assert.deepEqual(others, written, 'no e-mail was written again')

  npm.process.kill('SIGKILL')
  await until(
    'the service stops by itself, cleanly, when npm was killed',
    async () =>
      !(await answersHealthCheck(shop.url).catch(() => false)) && !existsSync(join(folder, 'data/store.db-wal')),
  )
}

type Users = Readonly<Record<'client' | 'employee' | 'manager', number>>

/** The employee by the very command that the banner shows. */
async function createThree(
  t: TestContext,
  shop: Banner,
  options: { folder: string; env: Readonly<Record<string, string>> },
): Promise<Users> {
  const shell = start('bash', ['-c', shop.curl], { cwd: options.folder, env: options.env })
  t.after(() => kill(shell))
  assert.equal(await shell.ended(), 0, shell.stderr())
  const { user_id: employee } = JSON.parse(shell.stdout()) as { readonly user_id: number }
  const client = await createUser(shop, { name: 'Barbara Liskov', email: 'barbara@example.com' })
  const manager = await createUser(shop, { name: 'Edsger Dijkstra', email: 'edsger@example.com', user_type_id: 3 })
  return { client, employee, manager }
}

async function readWelcomes(folder: string, users: Users): Promise<Readonly<Record<keyof Users, string>>> {
  const read = (id: number) => {
    const file = join(folder, `output/welcome_${id}.html`)
    return until(`the welcome page of user ${id}`, () => existsSync(file) && readFileSync(file, 'utf8'))
  }
  return { client: await read(users.client), employee: await read(users.employee), manager: await read(users.manager) }
}

const messageOf = (page: string) => /<p>[\s\S]*?<\/p>/.exec(page)?.[0]

/** What the export says is what is in its file: JSON, an array, numbered without a gap. */
async function exportAndCount(folder: string, env: Readonly<Record<string, string>>, expected: number): Promise<void> {
  const args = ['magasin', 'history', 'export', '--topic', 'user-events', '--out', 'history.json']
  const npx = start('npx', args, { cwd: folder, env })
  assert.equal(await npx.ended(), 0, npx.output())
  const events = JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8')) as readonly {
    readonly partition: number
    readonly seq: number
    readonly event: string
  }[]
  assert.equal(events.length, expected)
  assert.equal(events.filter(({ event }) => event === 'UserDeleted').length, 1)
  assert.match(npx.stdout(), new RegExp(`^${expected} events read in .*complete`, 'm'))
  const told = [...npx.stdout().matchAll(/partition (\d+): (\d+) events/g)]
  assert.equal(told.length, 8)
  for (const [, partition, count] of told) {
    const seqs = events.filter((event) => event.partition === Number(partition)).map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      Array.from({ length: Number(count) }, (_, i) => i + 1),
    )
  }
}

function npmStart(t: TestContext, folder: string, env: Readonly<Record<string, string>>): Spawned {
  const npm = start('npm', ['start'], { cwd: folder, env, detached: true })
  t.after(() => kill(npm, { group: true }))
  return npm
}

async function opened(npm: Spawned, deadlineMs: number): Promise<Banner> {
  await npm.says(/Ctrl-C stops it/, deadlineMs)
  const text = npm.stdout()
  const found = (pattern: RegExp) => {
    const [, value] = pattern.exec(text) ?? assert.fail(`${pattern} is not in\n${text}`)
    return value!
  }
  return {
    url: found(/The store\s+(http:\/\/\S+)/),
    token: found(/Manager's token\s+(mag_\S+)/),
    curl: found(/^ +(curl [\s\S]*?)\n\n/m),
    text,
  }
}

/** As Ctrl-C does: the terminal tells the whole group. The shop ends with 0; a shell that npm put between them ends by the signal. */
async function interrupt(npm: Spawned): Promise<void> {
  process.kill(-npm.process.pid!, 'SIGINT')
  const ending = await npm.ended()
  assert.ok(ending === 0 || ending === 'SIGINT', `ended with ${ending}`)
}

async function answersHealthCheck(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health-check`)
  return ((await response.json()) as { readonly status: unknown }).status === 'ok'
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
