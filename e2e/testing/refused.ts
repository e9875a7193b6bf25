import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { magasin } from '../../tools/testing/magasin.ts'
import { createSite, type Site } from '../../tools/testing/site.ts'

/** A site in which a shop has run: its seed is in. */
export async function seededSite(t: TestContext): Promise<Site> {
  const site = createSite(t)
  assert.equal((await magasin(['seed'], { env: site.env })).code, 0)
  return site
}

/** Runs a command that cannot do what it is asked: the exit code, every part of the message, and never a stack. */
export async function refused(
  args: string,
  env: Readonly<Record<string, string>>,
  expected: { readonly code: number; readonly says: readonly (string | RegExp)[] },
): Promise<string> {
  const { code, stdout, output } = await magasin(args.split(' '), { env })
  assert.equal(code, expected.code, output)
  for (const part of expected.says)
    assert.ok(typeof part === 'string' ? output.includes(part) : part.test(output), `${part} is not said in\n${output}`)
  assert.doesNotMatch(output, /^\s+at /m)
  assert.doesNotMatch(output, /unexpected failure|\[object|undefined/)
  assert.equal(stdout, '', 'what is wrong is told on stderr')
  return output
}
