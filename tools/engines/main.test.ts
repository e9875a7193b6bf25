import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort, isFree } from '../testing/free-port.ts'
import { until } from '../testing/until.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

describe('npm run engines', () => {
  test('runs what is named until Ctrl-C, and says with which settings it is used', async () => {
    await using engines = await start('redis')
    const { port, said } = engines
    assert.match(said, new RegExp(`^ {2}MAGASIN_READ_MODELS=redis://127.0.0.1:${port} npm start$`, 'm'))
    assert.doesNotMatch(said, /MAGASIN_DB|MAGASIN_LOG/)
    assert.equal(await isFree(port), false)
    engines.process.kill('SIGINT')
    assert.deepEqual(await once(engines.process, 'exit'), [0, null])
    assert.equal(await isFree(port), true)
  })

  test('ends with what it runs, and says so', async () => {
    await using engines = await start('redis')
    const pid = Number(/as process (\d+)/.exec(engines.said)?.[1])
    process.kill(pid, 'SIGKILL')
    const [text] = (await once(engines.process.stderr, 'data')) as [Buffer]
    assert.match(text.toString(), /Redis ended by itself; its log: .+log\.txt/)
    assert.deepEqual(await once(engines.process, 'exit'), [1, null])
  })

  test('shows how it is used', () => {
    const { status, stdout } = run('--help')
    assert.equal(status, 0)
    for (const part of ['mysql', 'kafka', 'redis', '--kafka-port=PORT', '9092', '--data=FOLDER'])
      assert.ok(stdout.includes(part), part)
  })

  for (const [args, why] of [
    [['postgres'], /there is no engine "postgres": they are mysql, kafka, redis/],
    [['--kafka-prot=1'], /--kafka-prot/],
    [['--redis-port=many'], /"many" is no port/],
  ] as const)
    test(`starts nothing for ${args[0]}, and says why`, () => {
      const { status, stderr } = run(...args)
      assert.equal(status, 1)
      assert.match(stderr, why)
    })

  test('starts nothing when a port is taken, and says how to choose another', async () => {
    const other = createServer().listen(await freePort(), '127.0.0.1')
    try {
      await once(other, 'listening')
      const { port } = other.address() as { readonly port: number }
      const { status, stdout, stderr } = run(
        'mysql',
        'redis',
        `--mysql-port=${await freePort()}`,
        `--redis-port=${port}`,
      )
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, new RegExp(`port ${port} is taken; choose another one with --redis-port=PORT`))
    } finally {
      other.close()
    }
  })
})

/** Starts it with one engine, waits until that is up, and in the end leaves nothing of it. */
async function start(name: string) {
  const folder = await mkdtemp(join(tmpdir(), 'magasin-engines-'))
  const port = await freePort()
  const engines = spawn(process.execPath, [main, name, `--${name}-port=${port}`, `--data=${folder}`])
  let said = ''
  engines.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await until('it is up', () => said.includes('Ctrl-C'))
  return {
    process: engines,
    port,
    said,
    async [Symbol.asyncDispose]() {
      engines.kill('SIGKILL')
      // The engine that is killed with it can hold its folder for a moment.
      await rm(folder, { recursive: true, maxRetries: 5 })
    },
  }
}

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 20_000 })
}
