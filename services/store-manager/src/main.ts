import { runProcess } from '@magasin/service-kit/run-process'
import { readStoreManagerConfig } from './config.ts'
import { serveStoreManager } from './serve.ts'
import { startedText } from './started-text.ts'

await runProcess(async (signal) => {
  const config = readStoreManagerConfig()
  const served = await serveStoreManager(config, signal)
  process.stdout.write(startedText(served, config))
  return served
})
