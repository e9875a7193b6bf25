import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { magasin } from '../../../tools/testing/magasin.ts'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'

/** A module that plants a mistake in the shop's families while they are loaded. */
function plant(t: TestContext, right: string, wrong: string): string {
  const file = join(temporaryFolder(t), 'plant.mjs')
  writeFileSync(
    file,
    `import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context)
        if (!url.endsWith('/families/users.ts')) return loaded
        return { ...loaded, source: String(loaded.source).replace(${JSON.stringify(right)}, ${JSON.stringify(wrong)}) }
      },
    })`,
  )
  return pathToFileURL(file).href
}

for (const call of ['--help', 'start', 'doctor'])
  test(`a family that is declared wrongly ends \`magasin ${call}\` with a sentence and exit code 2`, async (t) => {
    const preload = plant(t, "personal: ['name', 'email']", "personal: ['name', 'e_mail']")
    const { code, stdout, stderr } = await magasin([call], { preload, env: { MAGASIN_DATA: temporaryFolder(t) } })
    assert.match(stderr, /family user-events: UserCreated: personal names 'e_mail'/)
    assert.match(stderr, /FAMILY_INVALID: see docs\/reference\/errors.md\n$/)
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack')
    assert.deepEqual([code, stdout], [2, ''])
  })

test('a module that throws while it is loaded ends every command with a line and exit code 1', async (t) => {
  const preload = plant(t, 'export const users', 'throw new Error("broken")\nexport const users')
  const { code, stderr } = await magasin(['--help'], { preload })
  assert.equal(stderr, 'magasin: unexpected failure: Error: broken; LOG_LEVEL=debug shows where\n')
  assert.equal(code, 1)
})
