import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from './temporary-folder.ts'

/** Where a shop of a test lives, and the settings that say so. */
export interface Site {
  readonly folder: string
  readonly dataDir: string
  readonly outputDir: string
  readonly env: Readonly<Record<string, string>>
}

/** A site of the test's own, in which nothing is yet. The system chooses the port. */
export function createSite(t: Pick<TestContext, 'after'>): Site {
  const folder = temporaryFolder(t)
  const [dataDir, outputDir] = [join(folder, 'data'), join(folder, 'output')]
  return { folder, dataDir, outputDir, env: { MAGASIN_DATA: dataDir, OUTPUT_DIR: outputDir, PORT: '0' } }
}
