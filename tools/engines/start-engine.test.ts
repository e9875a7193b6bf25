import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort, isFree } from '../testing/free-port.ts'
import { startRedis } from './redis.ts'
import { isAlive } from '../testing/is-alive.ts'
import { until } from '../testing/until.ts'

const starter = fileURLToPath(new URL('testing/start-and-wait.ts', import.meta.url))

describe('an engine', () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(`ends with the process that started it, and so does its temporary folder: ${signal}`, async () => {
      const process = spawn(globalThis.process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = (await once(createInterface(process.stdout), 'line')) as [string]
      const engines = JSON.parse(line) as readonly { readonly pid: number; readonly folder: string }[]
      for (const { pid, folder } of engines) assert.ok(isAlive(pid) && existsSync(folder))
      process.kill(signal)
      for (const { pid, folder } of engines)
        await until(`${pid} and ${folder} are gone`, () => !isAlive(pid) && !existsSync(folder))
    })

  test('that was stopped in the middle by SIGSTOP can be stopped for good', async () => {
    const redis = await startRedis()
    const { pid } = redis
    process.kill(pid!, 'SIGSTOP')
    await redis.stop()
    assert.ok(!isAlive(pid!))
  })

  test('that was killed by somebody else is known to be gone, and can be started', async () => {
    const redis = await startRedis()
    try {
      process.kill(redis.pid!, 'SIGKILL')
      await until('it is known to be gone', () => redis.pid === undefined)
      await redis.start()
      assert.ok(isAlive(redis.pid!))
    } finally {
      await redis.kill()
    }
  })

  test('keeps to a folder and port that it is given, and leaves the folder there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'magasin-engines-'))
    try {
      const port = await freePort()
      const redis = await startRedis({ folder, port })
      await redis.stop()
      assert.deepEqual([redis.url, redis.folder], [`redis://127.0.0.1:${port}`, folder])
      assert.ok(existsSync(join(folder, 'data')) && existsSync(redis.logPath))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('is not started on a port that another program has', async () => {
    const other = createServer().listen(await freePort(), '127.0.0.1')
    try {
      await once(other, 'listening')
      const { port } = other.address() as { readonly port: number }
      assert.equal(await isFree(port), false)
      await assert.rejects(startRedis({ port }), new RegExp(`Redis cannot start: port ${port} of 127.0.0.1 is taken`))
    } finally {
      other.close()
    }
  })
})
