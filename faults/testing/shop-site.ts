import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { freePort } from '../../tools/testing/free-port.ts'
import { createSite, type Site } from '../../tools/testing/site.ts'

/** Where a shop of a test lives: what its processes share and what outlasts them. */
export interface ShopSite extends Site {
  readonly url: string
  /** The manager's. */
  readonly token: string
  /** The processes that run here: what is deferred ends them, before the folder goes. */
  readonly running: AsyncDisposableStack
}

/** A site of the test's own, gone when it ends. */
export async function createShopSite(t: Pick<TestContext, 'after'>): Promise<ShopSite> {
  const running = new AsyncDisposableStack()
  t.after(() => running.disposeAsync())
  const site = createSite(t)
  const port = await freePort()
  const token = randomBytes(24).toString('hex')
  const env = {
    ...site.env,
    PORT: String(port),
    MAGASIN_TOKEN: token,
    LOG_LEVEL: 'error',
  }
  return { ...site, running, url: `http://127.0.0.1:${port}`, token, env }
}

/** The program that an operator runs: today's, or the one of the next version. */
export type Release = 'today' | 'next'

/** The module that makes the command line that of a release; today's is as it is. */
export const preloadOf = (release: Release = 'today'): string | undefined =>
  release === 'next' ? new URL('next-release.ts', import.meta.url).href : undefined
