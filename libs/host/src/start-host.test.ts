import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import type { ServiceConfig } from '@magasin/service-kit/service-settings'
import { freePort } from '../../../tools/testing/free-port.ts'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { until } from '../../../tools/testing/until.ts'
import type { Host } from './host.ts'
import { startHost } from './start-host.ts'
import { libraryCatalogue } from './testing/library/contracts.ts'
import { library, startLibrary } from './testing/library/service.ts'

const about = { title: 'A library', description: 'Lends books.', version: '0.0.0' }
const engines = { database: 'sqlite', log: 'table', topicPrefix: '', topicNames: {} } as const

/** Begins a start on a port that is known before it is over; told to stop at the end of the test. */
async function beginStart(
  t: TestContext,
  start: (host: Host) => Promise<unknown>,
  settings: Partial<ServiceConfig> = {},
) {
  const port = await freePort()
  const stopping = new AbortController()
  const config = { ...engines, host: '127.0.0.1', port, dataDir: temporaryFolder(t), logLevel: 'silent', ...settings }
  const { signal } = stopping
  const options = { name: 'library', parts: [library], catalogue: libraryCatalogue, about, signal }
  const started = startHost({ ...options, config: config as ServiceConfig }, start)
  started.catch(() => undefined)
  const stop = () => {
    stopping.abort(new Error('it is to stop'))
    return started.then(
      (running) => running.stop().then(() => 'it had started'),
      (error: unknown) => error,
    )
  }
  t.after(stop)
  const url = `http://127.0.0.1:${port}`
  await until('it listens', () =>
    fetch(`${url}/health-check`).then(
      () => true,
      () => false,
    ),
  )
  return { url, stop, signal }
}

async function ready(url: string) {
  const response = await fetch(`${url}/ready`)
  const { status, checks } = (await response.json()) as { status: string; checks: Record<string, { status: string }> }
  return [response.status, status, Object.fromEntries(Object.entries(checks).map(([name, one]) => [name, one.status]))]
}

const lend = (url: string) =>
  fetch(`${url}/loans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"book":1,"reader":"Ada Lovelace"}',
  })

/** A broker that takes connections and says nothing. */
async function silentBroker(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a process that starts', () => {
  test('listens before its services are open: it says what it waits for, takes no command, and stops when told', async (t) => {
    const gate = Promise.withResolvers<void>()
    const { url, stop, signal } = await beginStart(t, async (host) => {
      await host.open(
        () => Promise.race([gate.promise, once(host.signal, 'abort')]),
        () => undefined,
      )
      return startLibrary(host)
    })
    assert.deepEqual(await ready(url), [503, 'unavailable', { 'database:library': 'starting' }])
    const refused = await lend(url)
    assert.equal(refused.status, 503)
    assert.equal(((await refused.json()) as { code: string }).code, 'STARTING')
    assert.equal(refused.headers.get('retry-after'), '1')
    assert.equal(await stop(), signal.reason)
    await assert.rejects(fetch(url))
  })

  test('serves while its brokers hang, says that it is degraded, and stops when told', async (t) => {
    const { url, stop } = await beginStart(t, startLibrary, { log: { brokers: [await silentBroker(t)] } })
    await until('it takes commands', async () => (await lend(url)).status === 200)
    const [http, status, checks] = await ready(url)
    assert.deepEqual([http, status], [200, 'degraded'])
    const { relay } = checks as { relay: string }
    assert.deepEqual(checks, { 'database:library': 'ok', relay: relay === 'starting' ? relay : 'failed' })
    await stop()
    await assert.rejects(fetch(url))
  })

  test('lets go of everything when a service refuses to start', async (t) => {
    const dataDir = temporaryFolder(t)
    const closed: string[] = []
    const config = { ...engines, host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent' } as const
    const { signal } = new AbortController()
    const options = { name: 'library', parts: [library], catalogue: libraryCatalogue, about, config, signal }
    const refusal = new Error('the second cannot')
    const start = startHost(options, async (host) => {
      for (const name of ['first', 'second'])
        await host.open(
          () => Promise.resolve(name),
          (opened) => closed.push(opened),
        )
      throw refusal
    })
    await assert.rejects(start, refusal)
    assert.deepEqual(closed, ['second', 'first'])
    const again = await startHost(options, startLibrary)
    await again.stop()
  })
})
