import fc from 'fast-check'

/** A body of JSON with one field that is wrong: as text, since `-0`, `1e400` and a key given twice are lost in an object. */
export function almostValid(body: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const names = Object.keys(body)
  if (names.length === 0) return fc.constant('{"stranger":1}')
  return fc.constantFrom(...names).chain((name) =>
    fc.oneof(
      fc.constant(write(Object.entries(body).filter(([other]) => other !== name))),
      fc.constantFrom(...wrongTexts).map((text) => write(Object.entries(body), { name, text })),
      fc.constantFrom('__proto__', 'constructor', 'stranger', name).map((added) => withAnother(body, added)),
    ),
  )
}

// Each is a JSON text, also if what it says is no sound value.
const wrongTexts: readonly string[] = [
  ...['null', 'true', '[]', '{}', '""', '"0"', '-0', '-1', '0', '0.001', '1e400', '-1e400', '9007199254740993'],
  ...['"\\ud800"', '"\\u0000"', '"\\u202e"', '"\' OR 1=1 --"', '"<script>alert(1)</script>"', '"a\\r\\nX-Planted: 1"'],
  JSON.stringify('x'.repeat(10_000)),
]

function withAnother(body: Readonly<Record<string, unknown>>, added: string): string {
  return `${write(Object.entries(body)).slice(0, -1)},${JSON.stringify(added)}:{"isManager":true}}`
}

function write(
  entries: readonly (readonly [string, unknown])[],
  wrong?: { readonly name: string; readonly text: string },
): string {
  const text = (name: string, value: unknown) => (name === wrong?.name ? wrong.text : JSON.stringify(value))
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${text(name, value)}`).join(',')}}`
}
