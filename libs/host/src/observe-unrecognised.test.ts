import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { observeUnrecognised } from './observe-unrecognised.ts'

describe('records that are not of our making', () => {
  test('are counted, and said once; a partition that went to another member takes nothing back', async (t) => {
    const lines: string[] = []
    const logger = createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    })
    const metrics = createMetrics()
    let found = 0
    const { stop } = observeUnrecognised({ logger, metrics, unrecognised: () => found })
    t.after(stop)
    const counted = async () => /^magasin_log_foreign_records_total (\d+)$/m.exec(await metrics.registry.metrics())?.[1]
    assert.equal(await counted(), '0')
    assert.deepEqual(lines, [])
    for (const [now, expected] of [
      [2, '2'],
      [5, '5'],
      [1, '5'],
      [6, '6'],
    ] as const) {
      found = now
      assert.equal(await counted(), expected)
    }
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /"found":2.*not of our making/)
  })
})
