import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { html, type HtmlValue } from './html.ts'

const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' }

/** What a browser reads where the template wrote `markup`. */
const textOf = (markup: string): string =>
  markup.replace(/&([a-z]+|#\d+);/g, (_, name: string) => characters[name] ?? assert.fail(name))

/** Any text, made of the characters that matter more often than chance would have it. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('<', '>', '"', "'", '`', '&', '&lt;', '&#39;', '</p>', '<script>', '-->', 'a', ' ', '='))
    .map((parts) => parts.join('')),
)

describe('the html template', () => {
  test('shows any text as it is, in an element and in an attribute', () => {
    fc.assert(
      fc.property(hostile, hostile, (title, text) => {
        const parts = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(String(html`<p title="${title}">${text}</p>`))
        assert.deepEqual([textOf(parts?.[1] ?? ''), textOf(parts?.[2] ?? '')], [title, text])
      }),
    )
  })

  test('lets no text form a tag, an entity or the end of an attribute', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.doesNotMatch(String(html`${text}`), /[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/)
      }),
    )
  })

  test('keeps the markup of a template within a template, and joins a list', () => {
    const items = ['a', '<b>'].map((item) => html`<i>${item}</i>`)
    assert.equal(html`<p>${items} ${['&', 1]}</p>`.toString(), '<p><i>a</i><i>&lt;b&gt;</i> &amp;1</p>')
  })

  test('trusts nothing that only looks like markup', () => {
    const forged = { toString: () => '<script>' } as unknown as HtmlValue
    assert.equal(String(html`${forged}`), '&lt;script&gt;')
  })
})
