import { spawnMagasin, type MagasinProcess } from './magasin-process.ts'
import type { Release, ShopPlace } from './shop-place.ts'

/** A shop that runs as a process of its own. */
export interface ShopProcess extends MagasinProcess {
  /** Resolves when it serves; rejects when it ends before that. */
  readonly opened: Promise<void>
}

/** `magasin start` in a place. */
export function spawnShop(place: ShopPlace, release?: Release): ShopProcess {
  const shop = spawnMagasin(place, ['start'], release)
  const opened = shop.says(/Magasin is open\./).then(() => undefined)
  // Who kills a shop while it starts does not wait for it to open.
  opened.catch(() => undefined)
  return { ...shop, opened }
}

/** A shop that is open. */
export async function startShopProcess(place: ShopPlace, release?: Release): Promise<ShopProcess> {
  const shop = spawnShop(place, release)
  await shop.opened
  return shop
}
