import type { TestContext } from 'node:test'
import { listUsers } from '../api.ts'
import type { Acknowledged } from '../check-shop.ts'
import type { RunningServices } from './collect-services.ts'
import { coolriel, storeManager, type Service } from './service.ts'
import { createFaultSite, type Engines, type FaultSite } from './fault-site.ts'

/** The services of a shop that has its seed data and nothing else. */
export interface StartedServices extends RunningServices {
  readonly site: FaultSite
  /** The commands that its first start gave itself. */
  readonly seeds: readonly Acknowledged[]
}

/** Starts so many of each kind in a site of the test's own. */
export async function startServices(
  t: Pick<TestContext, 'after'>,
  engines: Engines,
  counts: { readonly stores: number; readonly coolriels: number },
): Promise<StartedServices> {
  const site = createFaultSite(t, engines)
  const stores = await several(counts.stores, (n) => storeManager(site, `store-${n}`))
  const coolriels = await several(counts.coolriels, (n) => coolriel(site, `coolriel-${n}`))
  await warmUp([stores[0]!, coolriels[0]!])
  await Promise.all([...stores, ...coolriels].map((service) => service.start()))
  return { site, stores, coolriels, seeds: await readSeeds(stores[0]!) }
}

/** The users of a store that nobody has asked for anything. */
export async function readSeeds(store: Service): Promise<readonly Acknowledged[]> {
  return (await listUsers(store)).map((user) => ({ event: 'UserCreated', user }))
}

function several(count: number, make: (n: number) => Promise<Service>): Promise<readonly Service[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => make(i + 1)))
}

/** Leaves the programs compiled for all the starts that follow: a killed process cannot. */
async function warmUp(services: readonly Service[]): Promise<void> {
  for (const service of services) {
    await service.start()
    await service.stop()
  }
}
