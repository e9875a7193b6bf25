import { resolve } from 'node:path'
import { startHost } from '@magasin/host/start-host'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { describeLog } from '@magasin/service-kit/log-setting'
import { runProcess } from '@magasin/service-kit/run-process'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { readCoolrielConfig } from './config.ts'
import { about, coolriel } from './part.ts'
import { startCoolriel } from './start.ts'

await runProcess(async (signal) => {
  const config = readCoolrielConfig()
  const { database, group, log, outputDir } = config
  const { name } = coolriel
  const options = { name, parts: [coolriel], catalogue: shopCatalogue, about, config, signal }
  const running = await startHost(options, (host) => startCoolriel(config, host))
  process.stdout.write(`
  Coolriel is listening.

  E-mails              ${resolve(outputDir)}/
  Database             ${describeDatabase(database)}
  Log                  ${describeLog(log)}, as the group ${group}
  Health and metrics   ${running.url}/ready, ${running.url}/metrics

  Ctrl-C stops it; the next start goes on where this one stopped.

`)
  return running
})
