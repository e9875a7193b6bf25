import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fr } from './fr.ts'

test('French writes the first of the month as 1er, and minutes with two digits', () => {
  const moment = { year: 2026, month: 'mars', hour: 7, minute: 5 }
  assert.equal(fr.formatMoment({ ...moment, day: 1 }), '1er\u00a0mars 2026 à 7\u00a0h\u00a005')
  assert.equal(fr.formatMoment({ ...moment, day: 21 }), '21\u00a0mars 2026 à 7\u00a0h\u00a005')
})
