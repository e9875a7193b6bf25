import { magasin, type Ran } from '../../tools/testing/magasin.ts'
import { preloadOf, type Release, type ShopPlace } from './shop-place.ts'

/** Runs the real command line on a place, and waits for its end. */
export function runMagasin(
  { folder, env }: Pick<ShopPlace, 'folder' | 'env'>,
  args: readonly string[],
  release?: Release,
): Promise<Ran> {
  return magasin(args, { cwd: folder, env, preload: preloadOf(release) })
}
