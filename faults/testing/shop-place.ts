import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from '../../tools/testing/temporary-folder.ts'
import { freePort } from '../../tools/testing/free-port.ts'

/** Where a shop of a test lives: what its processes share and what outlasts them. */
export interface ShopPlace {
  readonly folder: string
  readonly dataDir: string
  readonly outputDir: string
  readonly url: string
  /** The manager's. */
  readonly token: string
  /** The processes that run here: what is deferred ends them, before the folder goes. */
  readonly running: AsyncDisposableStack
  /** The settings of every process of this shop. */
  readonly env: Readonly<Record<string, string>>
}

/** A place of the test's own, gone when it ends. */
export async function createShopPlace(t: Pick<TestContext, 'after'>): Promise<ShopPlace> {
  const running = new AsyncDisposableStack()
  t.after(() => running.disposeAsync())
  const folder = temporaryFolder(t)
  const port = await freePort()
  const place = {
    folder,
    running,
    dataDir: join(folder, 'data'),
    outputDir: join(folder, 'output'),
    url: `http://127.0.0.1:${port}`,
    token: randomBytes(24).toString('hex'),
  }
  const env = {
    MAGASIN_DATA: place.dataDir,
    OUTPUT_DIR: place.outputDir,
    PORT: String(port),
    MAGASIN_TOKEN: place.token,
    LOG_LEVEL: 'error',
    // A kill run starts the same program a dozen times.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  }
  return { ...place, env }
}

/** The program that an operator runs: today's, or the one of the next version. */
export type Release = 'today' | 'next'

/** The module that makes the command line that of a release; today's is as it is. */
export const preloadOf = (release: Release = 'today'): string | undefined =>
  release === 'next' ? new URL('next-release.ts', import.meta.url).href : undefined
