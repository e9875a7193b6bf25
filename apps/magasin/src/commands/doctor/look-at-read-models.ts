import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import { describeReadModels } from '@magasin/service-kit/read-models-setting'
import { shopReadModels } from '@magasin/store-manager/read-models'
import type { ShopConfig } from '@magasin/shop/config'
import { describeStatus } from '../read-models/describe-status.ts'
import { withReadModels } from '../read-models/with-read-models.ts'
import { fault, note, ok, type Finding } from './finding.ts'

/** Looks at what reports are answered from. What it lacks is read from the history again: only a place that cannot be used is a fault. */
export async function lookAtReadModels(config: ShopConfig): Promise<readonly Finding[]> {
  const where = `read models in ${describeReadModels(config.readModels)}`
  try {
    return await withReadModels({ config, readOnly: true }, async (store, recorded) => {
      await store.check()
      const status = await store.status()
      const [first = ''] = describeStatus(status, { recorded, fingerprint: shopReadModels.fingerprint })
      const found = `${where}: ${first.replace(/^Readers see +/, '')}`
      return [status.current === null ? note(found) : ok(found)]
    })
  } catch (error) {
    if (!isMagasinError(error)) throw error
    return [findingOf(error, where)]
  }
}

function findingOf(error: MagasinError, where: string): Finding {
  switch (error.code) {
    case 'DATA_MISSING':
      return note(`${where}: there are none yet; the first start makes them`)
    case 'CONFIG_INVALID':
      return fault(error.message, 'do what it says')
    case 'DATABASE_DAMAGED':
      return fault(`${where}: the file is damaged`, 'stop the shop and start it again: they are built anew')
    default:
      return fault(
        `${where} cannot be used (${error.code})`,
        'look at that server and at MAGASIN_READ_MODELS; reports answer 503 until then, and nothing is lost',
      )
  }
}
