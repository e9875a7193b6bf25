import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventPlace } from '@magasin/event-log/event-log'
import fc from 'fast-check'
import { decodeConsistencyToken, encodeConsistencyToken } from './consistency-token.ts'
import { libraryCatalogue } from './testing/library/contracts.ts'

const decode = (token: string) => decodeConsistencyToken(libraryCatalogue, token)
const at = (topic: string, partition: number, seq: number): EventPlace => ({ topic, partition, seq })

describe('a consistency token', () => {
  test('is read back as it was given, and is the same in whatever order its positions come', () => {
    const places = libraryCatalogue.topics
      .values()
      .flatMap(({ name, partitions }) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
      )
    const positions = fc
      .tuple(fc.shuffledSubarray([...places], { minLength: 1 }), fc.infiniteStream(fc.maxSafeNat()))
      .map(([some, seqs]) => some.map((place) => ({ ...place, seq: Math.max(1, seqs.next().value) })))
    fc.assert(
      fc.property(positions, (given) => {
        const token = encodeConsistencyToken(given)!
        assert.match(token, /^[\w.~-]+$/)
        assert.equal(encodeConsistencyToken(given.toReversed()), token)
        assert.deepEqual(new Set(decode(token)), new Set(given))
      }),
    )
  })

  test('keeps its form: tokens of before are read by a program of today', () => {
    const positions = [
      at('loan-events', 0, 36),
      at('loan-events', 1, 2),
      at('reminder-events', 1, 9_007_199_254_740_991),
    ]
    const token = '1~~loan-events~0~10~1~2~~reminder-events~1~2gosa7pa2gv'
    assert.equal(encodeConsistencyToken(positions), token)
    assert.deepEqual(decode(token), positions)
  })

  test('is not given if there is nothing to tell, nor if it would be longer than what is taken back', () => {
    assert.equal(encodeConsistencyToken([]), undefined)
    const many = Array.from({ length: 1_000 }, (_, partition) => at('loan-events', partition, 1_000_000))
    assert.equal(encodeConsistencyToken(many), undefined)
  })

  for (const [what, token] of [
    ['empty', ''],
    ['of another version', '2~~loan-events~0~1'],
    ['without a position', '1'],
    ['of a topic without a position', '1~~loan-events'],
    ['of a topic that is not known here', '1~~stranger-events~0~1'],
    ['that names a property of every object', '1~~constructor~0~1'],
    ['without the end', '1~~loan-events~0'],
    ['of a partition that there is not', '1~~loan-events~2~1'],
    ['of a partition twice', '1~~loan-events~0~1~0~2'],
    ['of a topic twice', '1~~loan-events~0~1~~loan-events~0~1'],
    ['of no event', '1~~loan-events~0~0'],
    ['with a leading zero', '1~~loan-events~0~01'],
    ['with capitals', '1~~loan-events~0~A'],
    ['with a sign', '1~~loan-events~0~-1'],
    ['with more than an integer holds', '1~~loan-events~0~2gosa7pa2gw'],
    ['with a space', '1~~loan-events~0~1 '],
    ['joined from two', '1~~loan-events~0~1, 1~~loan-events~1~1'],
    ['that is too long', `1~~loan-events~0~1${'~0~1'.repeat(1_000)}`],
  ] as const)
    test(`${what} is refused, and the refusal names the header and not what it held`, () => {
      assert.throws(
        () => decode(token),
        (error: Error & { code: string; errors: readonly { field: string }[] }) => {
          assert.equal(error.code, 'INPUT_INVALID')
          assert.deepEqual(
            error.errors.map(({ field }) => field),
            ['consistency-token'],
          )
          assert.ok(token === '' || token === '1' || !error.message.includes(token))
          return true
        },
      )
    })
})
