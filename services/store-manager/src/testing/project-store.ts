import { openTableLog } from '@magasin/event-log/table/table-log'
import { openReadModels } from '@magasin/host/open-read-models'
import { runProjector, type ProjectorContext } from '@magasin/host/run-projector'
import { createReadSide, type ReadSide } from '@magasin/host/read-side'
import { SeenWatch } from '@magasin/read-models/seen-watch'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import type { Store } from '../open-store.ts'
import { readModelTopics, shopReadModels } from '../read-models/shop-read-models.ts'

/** The read models of a store in a test, in a file, and what projects them. */
export interface ProjectedStore {
  readonly readSide: ReadSide
  caughtUp(): Promise<void>
  stopProjecting(): Promise<void>
  stop(): Promise<void>
}

interface Options {
  readonly store: Store
  readonly dataDir: string
  readonly observed: Pick<ProjectorContext, 'logger' | 'metrics' | 'health'>
}

export async function projectStore({ store, dataDir, observed }: Options): Promise<ProjectedStore> {
  const { database, events } = store
  const reader = await openReadModels(shopReadModels, { dataDir, readModels: 'sqlite', shop: store.logId })
  const log = await openTableLog({ database, onNews: (listener) => events.onCommit(listener) })
  const projection = { models: shopReadModels, topics: readModelTopics, store: reader }
  const projector = runProjector({ ...projection, ...observed, catalogue: shopCatalogue, log })
  return {
    readSide: createReadSide({ catalogue: shopCatalogue, topics: readModelTopics, reader, database }),
    async caughtUp() {
      const counters = database.reader
        .selectFrom('partition_counters')
        .select(['topic', 'partition', 'last_seq as seq'])
      const recorded = await counters.where('topic', 'in', [...readModelTopics]).execute()
      await new SeenWatch(reader).until(recorded, 10_000)
    },
    stopProjecting: () => projector.stop(),
    async stop() {
      await projector.stop()
      await log.close()
      await reader.close()
    },
  }
}
