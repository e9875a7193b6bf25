import { magasin, type Ran } from '../../tools/testing/magasin.ts'
import { preloadOf, type Release, type ShopSite } from './shop-site.ts'

/** Runs the real command line on a site, and waits for its end. */
export function runMagasin(
  { folder, env }: Pick<ShopSite, 'folder' | 'env'>,
  args: readonly string[],
  release?: Release,
): Promise<Ran> {
  return magasin(args, { cwd: folder, env, preload: preloadOf(release) })
}
