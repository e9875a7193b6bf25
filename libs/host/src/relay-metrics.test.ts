import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { RelayMetrics } from './relay-metrics.ts'

describe('a relay', () => {
  test('that cannot go on says so once for each error, and when it goes on again', async () => {
    const lines: string[] = []
    const logger = createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    })
    const metrics = createMetrics()
    const observer = new RelayMetrics({ logger, metrics }).observerOf(['member-events'])
    const shown = async () =>
      (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('magasin_relay'))
    const sent = (count: number) => `magasin_relay_sent_total{topic="member-events"} ${count}`
    const failing = (code: string) => `magasin_relay_failing{topic="member-events",code="${code}"} 1`

    assert.deepEqual(await shown(), [sent(0)])
    observer.sent('member-events', 3)
    for (let i = 0; i < 3; i++)
      observer.failed('member-events', new MagasinError('LOG_UNAVAILABLE', 'the broker is away'))
    assert.deepEqual(await shown(), [sent(3), failing('LOG_UNAVAILABLE')])
    observer.failed('member-events', new MagasinError('LOG_MOVED', 'the broker came back with less'))
    assert.deepEqual(await shown(), [sent(3), failing('LOG_MOVED')])
    observer.recovered('member-events')
    assert.deepEqual(await shown(), [sent(3)])
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string; err?: { code: string } }).err?.code ?? 'recovered'),
      ['LOG_UNAVAILABLE', 'LOG_MOVED', 'recovered'],
    )
  })
})
