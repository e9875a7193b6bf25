// Statements begin their line, as the formatter sees to; so text inside a string is not taken for one.
const fromStatement =
  /^(?:import\s+(?:type\s+)?[\w$*{},\s]+?|export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\}))\s*from\s*['"]([^'"]+)['"]/gm
const bareImport = /^import\s*['"]([^'"]+)['"]/gm

// Strings are matched to be passed over whole: what looks like a call or a comment inside one, such as a glob, is none.
const string = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/.source
const importCall = new RegExp(String.raw`\bimport\s*\(\s*['"]([^'"]+)['"]|${string}`, 'g')
const commentOrString = new RegExp(String.raw`\/\*[\s\S]*?\*\/|\/\/.*|${string}`, 'g')

/** What a module imports: statements, re-exports, `import()` as call and as type. Types count: they too tie one part to another. */
export function importsOf(source: string): readonly string[] {
  const code = withoutComments(source)
  const found = [fromStatement, bareImport, importCall].flatMap((pattern) => [...code.matchAll(pattern)])
  return found.map(([, specifier]) => specifier).filter((specifier) => specifier !== undefined)
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

/** The code of a module without its comments. */
export function withoutComments(source: string): string {
  return source.replace(commentOrString, (found) => (found.startsWith('/') ? '' : found))
}
