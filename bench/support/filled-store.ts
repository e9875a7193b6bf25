import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { progress } from './report.ts'
import { shopSettings, startShop } from './shop.ts'

/** Makes a shop in a folder of its own, with so many events, one for each user, all handled; resolves with the folder. */
export async function fillStore(bench: Bench, events: number): Promise<string> {
  const folder = join(bench.folder, `store-of-${events}`)
  // A real start makes all there is to a shop: tables, token, seed users, Coolriel's positions.
  const shop = await startShop(bench, folder)
  await shop.drained()
  await shop.stop()
  const args = [shopSettings(folder)['MAGASIN_DATA']!, String(events)]
  const { seconds } = await bench.start('bench/fill-store.ts', { args }).ended
  progress(`filled a store with ${events.toLocaleString('en')} events in ${seconds.toFixed(0)} s`)
  return folder
}
