import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { openTableLog } from '@magasin/event-log/table/table-log'
import { openReadModels, readModelsFile } from '@magasin/host/open-read-models'
import type { ReadModelStore } from '@magasin/read-models/read-model-store'
import { readModelTopics, shopReadModels } from '@magasin/store-manager/read-models'
import type { ShopConfig } from '@magasin/shop/config'
import { withEventTable } from '../../databases.ts'

/**
 * Works on the read models of the shop; `recorded` says how many events there are from which they are projected. Throws DATA_MISSING if
 * there is no store, or the file of the read models was never made, READ_MODELS_UNAVAILABLE if Redis is away.
 */
export async function withReadModels<T>(
  { config, readOnly = false }: { readonly config: ShopConfig; readonly readOnly?: boolean },
  work: (store: ReadModelStore, recorded: number) => Promise<T>,
): Promise<T> {
  const { logId, events } = await lookAtRecorded(config)
  const place = { ...config, shop: logId, readOnly }
  const file = readModelsFile(shopReadModels, place)
  if (config.readModels === 'sqlite' && !existsSync(file))
    throw new MagasinError(
      'DATA_MISSING',
      `there are no read models ${resolve(file)}: a start of the shop makes them; set MAGASIN_READ_MODELS if they are in Redis`,
    )
  const store = await openReadModels(shopReadModels, place)
  return work(store, events).finally(() => store.close())
}

/** What is recorded from which read models are projected. One store records all of it. */
async function lookAtRecorded(config: ShopConfig): Promise<{ readonly logId: string; readonly events: number }> {
  const [topic = ''] = readModelTopics
  return withEventTable({ config, topic }, async (database) => {
    const log = await openTableLog({ database })
    const snapshots = await log.snapshots(readModelTopics)
    return {
      logId: snapshots[0]?.logId ?? '',
      events: snapshots.reduce((sum, { total }) => sum + total, 0),
    }
  })
}
