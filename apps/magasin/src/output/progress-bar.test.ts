import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createProgressBar } from './progress-bar.ts'

/** What would be seen of a bar. */
function screen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY }) as unknown as NodeJS.WriteStream
  return { stream, text: () => stripVTControlCharacters(String(stream.read() ?? '')) }
}

describe('a progress bar', () => {
  test('fills up to the true total, and leaves its line', () => {
    const { stream, text } = screen(true)
    const bar = createProgressBar('exporting', 2_000, stream)
    bar.at(500)
    assert.match(text(), /^\rexporting █{8}░{22} 25 % {2}500 of 2,000, [\d,]+\/s$/)
    bar.at(2_000)
    bar.end()
    assert.match(text(), /exporting █{30} 100 % {2}2,000 of 2,000, [\d,]+\/s\n$/)
  })

  test('of nothing is full', () => {
    const { stream, text } = screen(true)
    createProgressBar('exporting', 0, stream).end()
    assert.match(text(), /█{30} 100 % {2}0 of 0/)
  })

  test('does not draw at every step', () => {
    const { stream, text } = screen(true)
    const bar = createProgressBar('exporting', 1_000_000, stream)
    const began = performance.now()
    for (let done = 1; done <= 10_000; done++) bar.at(done)
    const draws = text().split('\r').length - 1
    assert.ok(draws <= 1 + (performance.now() - began) / 100, `${draws} times`)
  })

  test('is not drawn where nobody looks', () => {
    const { stream, text } = screen(false)
    const bar = createProgressBar('exporting', 10, stream)
    bar.at(5)
    bar.end()
    assert.equal(text(), '')
  })
})
