import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packetsOf } from './packets.ts'

test('statements travel together as long as they fit, and in their order', () => {
  const packets = (...texts: string[]) => [...packetsOf(texts, 20)]
  assert.deepEqual(packets(), [])
  assert.deepEqual(packets('12345678', '12345678', '3'), [['12345678', '12345678'], ['3']])
  assert.deepEqual(packets('1', 'x'.repeat(50), '3'), [['1'], ['x'.repeat(50)], ['3']])
  // Four bytes each on the wire, two characters each here.
  assert.deepEqual(packets('🛒🛒🛒', '🛒🛒'), [['🛒🛒🛒'], ['🛒🛒']])
})
