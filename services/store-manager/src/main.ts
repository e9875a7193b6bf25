import { resolve } from 'node:path'
import { startHost } from '@magasin/host/start-host'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { describeLog } from '@magasin/service-kit/log-setting'
import { describeReadModels } from '@magasin/service-kit/read-models-setting'
import { runProcess } from '@magasin/service-kit/run-process'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { tokenText } from './access/manager-token.ts'
import { readStoreManagerConfig } from './config.ts'
import { about, storeManager } from './part.ts'
import { describeSeeded } from './seed.ts'
import { startStoreManager } from './start.ts'

await runProcess(async (signal) => {
  const config = readStoreManagerConfig()
  const { access, database, dataDir, log, readModels } = config
  const { name } = storeManager
  const options = { name, parts: [storeManager], catalogue: shopCatalogue, about, config, signal }
  const running = await startHost(options, (host) => startStoreManager(config, host))
  const { token, seeded } = running.services
  const added = describeSeeded(seeded)
  const where = database === 'sqlite' ? `SQLite, in ${resolve(dataDir)}/` : describeDatabase(database)
  process.stdout.write(`
  The store-manager is open.

  The store            ${running.url}        (a browser finds the API there, interactive)
  Manager's token      ${tokenText(token, access)}
  Database             ${where}${added === undefined ? '' : `    (${added} are in)`}
  Log                  ${describeLog(log)}
  Read models          ${readModels === 'sqlite' ? `SQLite, in ${resolve(dataDir)}/` : describeReadModels(readModels)}

  Ctrl-C stops it; the next start goes on where this one stopped.
${access === 'open' ? '\n  WARNING: MAGASIN_ACCESS=open: everyone on this machine is a manager here.\n' : ''}
`)
  return running
})
