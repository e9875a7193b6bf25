import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from '../../tools/testing/temporary-folder.ts'
import { magasin } from '../../tools/testing/magasin.ts'

/** A place for a shop, and what tells the command line of it. */
export interface Place {
  readonly folder: string
  readonly data: string
  readonly output: string
  readonly env: Readonly<Record<string, string>>
}

/** A place of the test's own, in which nothing is yet. */
export function place(t: TestContext): Place {
  const folder = temporaryFolder(t)
  const [data, output] = [join(folder, 'data'), join(folder, 'output')]
  return { folder, data, output, env: { MAGASIN_DATA: data, OUTPUT_DIR: output, PORT: '0' } }
}

/** A place in which a shop has run: its seed is in. */
export async function seededPlace(t: TestContext): Promise<Place> {
  const here = place(t)
  assert.equal((await magasin(['seed'], here)).code, 0)
  return here
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
