import assert from 'node:assert/strict'
import { test } from 'node:test'
import { continueTrace } from './trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('a trace goes on under its id and flags, with a span of our own', () => {
  const [version, trace, span, flags] = continueTrace(`00-${traceId}-${spanId}-01`).split('-')
  assert.deepEqual([version, trace, flags], ['00', traceId, '01'])
  assert.match(span ?? '', /^[0-9a-f]{16}$/)
  assert.notEqual(span, spanId)
})

for (const invalid of [
  undefined,
  '',
  'ada@example.com',
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `ff-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
])
  test(`a new trace begins where ${JSON.stringify(invalid)} came`, () => {
    assert.match(continueTrace(invalid), new RegExp(`^00-(?!${traceId})[0-9a-f]{32}-[0-9a-f]{16}-00$`))
  })
