import { spawnMagasin, type MagasinProcess } from './magasin-process.ts'
import type { Release, ShopSite } from './shop-site.ts'

/** A shop that runs as a process of its own. */
export interface ShopProcess extends MagasinProcess {
  /** Resolves when it serves; rejects when it ends before that. */
  readonly opened: Promise<void>
}

/** `magasin start` in a site. */
export function spawnShop(site: ShopSite, release?: Release): ShopProcess {
  const shop = spawnMagasin(site, ['start'], release)
  const opened = shop.says(/Magasin is open\./).then(() => undefined)
  // Who kills a shop while it starts does not wait for it to open.
  opened.catch(() => undefined)
  return { ...shop, opened }
}

/** A shop that is open. */
export async function startShopProcess(site: ShopSite, release?: Release): Promise<ShopProcess> {
  const shop = spawnShop(site, release)
  await shop.opened
  return shop
}
