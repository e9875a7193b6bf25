/** Markup. Only `html` makes it: nothing that came from elsewhere is an instance of this class, so all of that is escaped. */
class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

export type { Html }

/** What a hole of the template takes: text is escaped, markup stays, of a list each element follows the other. */
export type HtmlValue = string | number | Html | readonly HtmlValue[]

/**
 * A template whose holes are escaped, for text and for quoted attributes: ``html`<p title="${a}">${b}</p>` ``.
 * Escaping protects neither an unquoted attribute nor one that holds a link, a script or a style: put no foreign text there.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const holes = [...values.map(markupOf), '']
  return new Html(literals.map((literal, index) => literal + holes[index]!).join(''))
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map(markupOf).join('')
  return String(value).replace(/[&<>"'`]/g, (character) => references[character]!)
}

// The backtick too: some old readers take it for a quote around an attribute.
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}
