/** Texts that were made, by short names: made once, and looked up in the cache of prepared statements without being hashed again. */
const texts = new Map<string, string>()

// Groups of many sizes call for many texts. Beyond this, beginning anew is cheaper than to know which are still in use.
const maxTexts = 2_000

/** The text with a name, made if there is none yet. The name must tell everything that the text depends on, the engine too. */
export function statementText(name: string, make: () => string): string {
  const known = texts.get(name)
  if (known !== undefined) return known
  if (texts.size >= maxTexts) texts.clear()
  const text = make()
  texts.set(name, text)
  return text
}
