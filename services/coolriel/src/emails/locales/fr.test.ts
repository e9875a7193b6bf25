import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { roles } from '@magasin/shop-contracts/user-types'
import { fr } from './fr.ts'
import type { Letter } from './locale.ts'

const allWords = ({ subject, greeting, message, signature }: Letter): string =>
  [subject('Ada'), greeting('Ada'), ...message, ...signature].join('\n')

describe('the French letters', () => {
  for (const email of ['welcome', 'goodbye'] as const)
    for (const role of roles) {
      const words = allWords(fr[email][role])

      test(`keep the typography of French (${email}, ${role})`, () => {
        assert.doesNotMatch(words, /['"]/, 'apostrophes and quotes are typographic')
        assert.doesNotMatch(words, / [!?;:»]|« /, 'a space before high punctuation does not break')
        assert.doesNotMatch(words, /[^\u202f][!?;]|[^\u00a0]:/, 'high punctuation has its space')
      })

      test(`say ${role === 'employee' ? 'tu' : 'vous'} (${email}, ${role})`, () => {
        const [said, unsaid] = role === 'employee' ? [tu, vous] : [vous, tu]
        assert.match(words, said)
        assert.doesNotMatch(words, unsaid)
      })
    }

  test('write the first of the month as 1er, and minutes with two digits', () => {
    const moment = { year: 2026, month: 'mars', hour: 7, minute: 5 }
    assert.equal(fr.formatMoment({ ...moment, day: 1 }), '1er\u00a0mars 2026 à 7\u00a0h\u00a005')
    assert.equal(fr.formatMoment({ ...moment, day: 21 }), '21\u00a0mars 2026 à 7\u00a0h\u00a005')
  })
})

const tu = /\b(tu|te|t’|ton|ta|tes)\b/i
const vous = /\b(vous|votre|vos)\b/i
