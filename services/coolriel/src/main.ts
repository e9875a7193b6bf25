import { resolve } from 'node:path'
import { describeDatabase } from '@magasin/service-kit/database-setting'
import { describeLog } from '@magasin/service-kit/log-setting'
import { runProcess } from '@magasin/service-kit/run-process'
import { readCoolrielConfig } from './config.ts'
import { serveCoolriel } from './serve.ts'

await runProcess(async (signal) => {
  const config = readCoolrielConfig()
  const served = await serveCoolriel(config, signal)
  process.stdout.write(`
  Coolriel is listening.

  E-mails              ${resolve(config.outputDir)}/
  Database             ${describeDatabase(config.database)}
  Log                  ${describeLog(config.log)}, as the group ${config.group}
  Health and metrics   ${served.url}/ready, ${served.url}/metrics

  Ctrl-C stops it; the next start goes on where this one stopped.

`)
  return served
})
