import { isMagasinError } from '@magasin/contracts/magasin-error'
import { describeReadModels } from '@magasin/service-kit/read-models-setting'
import { shopReadModels } from '@magasin/store-manager/read-models'
import type { ShopConfig } from '@magasin/shop/config'
import { countRecorded } from '../read-models/count-recorded.ts'
import { describeStatus } from '../read-models/describe-status.ts'
import { withReadModels } from '../read-models/with-read-models.ts'
import { fault, note, ok, type Finding } from './finding.ts'

/** Looks at what reports are answered from. What it lacks is read from the history again: only a place that cannot be used is a fault. */
export async function lookAtReadModels(config: ShopConfig): Promise<readonly Finding[]> {
  const where = `read models in ${describeReadModels(config.readModels)}`
  try {
    const status = await withReadModels(config, (store) => store.status())
    const told = { recorded: await countRecorded(config), fingerprint: shopReadModels.fingerprint }
    const [first = ''] = describeStatus(status, told)
    const found = `${where}: ${first.replace(/^Readers see +/, '')}`
    return [status.current === null ? note(found) : ok(found)]
  } catch (error) {
    if (isMagasinError(error, 'DATA_MISSING')) return [note(`${where}: there are none yet; the first start makes them`)]
    if (!isMagasinError(error)) throw error
    const remedy = 'look at that server and at MAGASIN_READ_MODELS; reports answer 503 until then, and nothing is lost'
    return [fault(`${where} cannot be used (${error.code})`, remedy)]
  }
}
