// Statements begin their line, as the formatter sees to; so text inside a string is not taken for one.
const fromStatement =
  /^(?:import\s+(?:type\s+)?[\w$*{},\s]+?|export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\}))\s*from\s*['"]([^'"]+)['"]/gm
const bareImport = /^import\s*['"]([^'"]+)['"]/gm
const importCall = /\bimport\s*\(\s*['"]([^'"]+)['"]/g

/** What a module imports: statements, re-exports, `import()` as call and as type. Types count: they too tie one part to another. */
export function importsOf(source: string): readonly string[] {
  const code = withoutComments(source)
  return [fromStatement, bareImport, importCall].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1]!),
  )
}

/** Whether a module does nothing but pass on what others export, or passes on all of another. */
export function isBarrel(source: string): boolean {
  const code = withoutComments(source)
  if (/^export\s+(?:type\s+)?\*/m.test(code)) return true
  const passesOn = /^export\s+(?:type\s+)?\{/m.test(code)
  const rest = code
    .replace(fromStatement, '')
    .replace(bareImport, '')
    .replace(/^export\s+(?:type\s+)?\{[^}]*\}/gm, '')
  return passesOn && rest.trim() === ''
}

// Strings are matched to be kept: what looks like a comment in one, such as a glob or an address, is none.
const stringOrComment = /(['"])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^\\`])*`|\/\*[\s\S]*?\*\/|\/\/.*/g

/** The code of a module without its comments. */
export function withoutComments(source: string): string {
  return source.replace(stringOrComment, (found) => (found.startsWith('/') ? '' : found))
}
