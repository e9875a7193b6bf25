import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** The real engines, where a test file finds the address of one, and by what its text shows that it needs one, or starts its own. */
const engines = [
  { name: 'mysql', variable: 'MAGASIN_TEST_MYSQL', sign: /MAGASIN_TEST_MYSQL|testing\/mysql|engines\/mariadb/ },
  { name: 'kafka', variable: 'MAGASIN_TEST_KAFKA', sign: /MAGASIN_TEST_KAFKA|testing\/kafka|engines\/kafka/ },
  { name: 'redis', variable: 'MAGASIN_TEST_REDIS', sign: /MAGASIN_TEST_REDIS|testing\/redis|engines\/redis/ },
]

/**
 * Starts the engines that these test files need and whose address is not in the environment, once for all of them, and answers their
 * addresses as environment variables. They end with this process, however it ends. One that cannot be had has no variable.
 */
export async function startTestEngines({ node, root, files }) {
  const texts = textsOf(files.map((file) => join(root, file)))
  const needed = engines.filter(({ variable, sign }) => !process.env[variable] && texts.some((text) => sign.test(text)))
  if (needed.length === 0) return {}
  const names = needed.map(({ name }) => name)
  console.error(`starting ${names.join(', ')} for the tests`)
  // Detached, it hears no Ctrl-C: the tests still run when that comes. It goes when its input ends, which is when we do.
  const starter = spawn(node, [join(root, 'tools/engines/for-tests.ts'), ...names], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const lines = createInterface(starter.stdout)
  const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => ['{}'])])
  for (const held of [starter, starter.stdin, starter.stdout]) held.unref()
  return JSON.parse(line)
}

/** The texts of test files, and of what they import from `testing/` folders: a shared set-up may be what asks for an engine. */
function textsOf(files) {
  const texts = new Map()
  const waiting = [...files]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (texts.has(file) || !existsSync(file)) continue
    const text = readFileSync(file, 'utf8')
    texts.set(file, text)
    for (const [, path] of text.matchAll(/from '(\.[^']+)'/g)) {
      const imported = join(dirname(file), path)
      if (imported.includes('/testing/')) waiting.push(imported)
    }
  }
  return [...texts.values()]
}
