import { readSamples } from '../../../tools/testing/read-metric.ts'
import { until } from '../../../tools/testing/until.ts'
import type { Service } from './service.ts'

/** The store-manager that relays; waits until one does. */
export async function activeRelay(stores: readonly Service[]): Promise<Service> {
  let active: Service | undefined
  await until('a store-manager relays', async () => {
    for (const store of stores) if (await isActiveRelay(store)) active = store
    return active !== undefined
  })
  return active!
}

/** Whether a store-manager relays; one that cannot be asked does not. */
export async function isActiveRelay(store: Service): Promise<boolean> {
  const [value] = await readSamples(store, /^magasin_relay_active\{/).catch(() => [])
  return value === 1
}
