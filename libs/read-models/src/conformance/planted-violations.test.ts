import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import type { Batch, GenerationWriter } from '../read-model-store.ts'
import { openReadModelsFile } from '../testing/read-models-file.ts'
import { applyChecks } from './apply-checks.ts'
import { sampleModels } from './sample.ts'

type Apply = (writer: GenerationWriter, batch: Batch) => Promise<void>

/** The titles of the checks that an adapter which applies like this does not pass. */
async function failures(t: TestContext, apply: Apply): Promise<readonly string[]> {
  const failed: string[] = []
  for (const [title, check] of Object.entries(applyChecks)) {
    const store = await openReadModelsFile(sampleModels, join(temporaryFolder(t), 'x.db'))
    t.after(() => store.close())
    const begin = async (fingerprint: string): Promise<GenerationWriter> => {
      const writer = await store.begin(fingerprint)
      return { ...writer, apply: (batch) => apply(writer, batch) }
    }
    try {
      await check({ ...store, begin })
    } catch (error) {
      assert.ok(error instanceof assert.AssertionError, String(error))
      failed.push(title)
    }
  }
  return failed
}

test('an adapter that leaves all as it is passes', async (t) => {
  assert.deepEqual(await failures(t, (writer, batch) => writer.apply(batch)), [])
})

test('an adapter that carries out steps without moving the position is found out', async (t) => {
  const failed = await failures(t, (writer, { steps }) => writer.apply({ moves: [], steps }))
  assert.ok(failed.includes('move the position with a batch'))
  assert.ok(failed.includes('take a batch once, and change nothing when it comes again'))
})

test('an adapter that moves the position without carrying out steps is found out', async (t) => {
  const failed = await failures(t, (writer, { moves }) => writer.apply({ moves, steps: [] }))
  assert.ok(failed.includes('carry out the steps of a batch'))
})

test('an adapter that carries out steps before it looks at the positions is found out', async (t) => {
  const failed = await failures(t, async (writer, { moves, steps }) => {
    await writer.apply({ moves: [], steps })
    await writer.apply({ moves, steps: [] })
  })
  assert.ok(failed.includes('change nothing if one of several positions is another'))
})
