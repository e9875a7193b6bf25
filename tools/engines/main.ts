// `npm run engines`: MariaDB, Kafka and Redis in the foreground, for whoever wants to run Magasin on them.
import { join } from 'node:path'
import { readArguments, usage, type Wanted } from './arguments.ts'
import type { Engine } from './engine.ts'
import { engines, type EngineName } from './engines.ts'
import { isFree } from '../testing/free-port.ts'
import { howToUse } from './how-to-use.ts'

const running: Engine[] = []
let isStopping = false

try {
  const wanted = readArguments(process.argv.slice(2))
  if (wanted === undefined) process.stdout.write(usage)
  else await serve(wanted)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  await stop(1)
}

async function serve({ ports, folder }: Wanted): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0))
  for (const [name, port] of ports)
    if (!(await isFree(port))) throw new Error(`port ${port} is taken; choose another one with --${name}-port=PORT`)
  const urls: Partial<Record<EngineName, string>> = {}
  for (const [name, port] of ports) {
    const engine = await engines[name].start({ port, folder: join(folder, name) })
    running.push(engine)
    urls[name] = engine.url
    console.log(`${engine.name} is up, as process ${engine.pid}; its log: ${engine.logPath}`)
  }
  console.log(['', ...howToUse(urls), '', 'Ctrl-C stops them.'].join('\n'))
  endWhenAnyEnds()
}

/** Also when this process's own parent does: killed, that has no time to tell. */
function endWhenAnyEnds(): void {
  const parent = process.ppid
  setInterval(() => {
    if (isStopping) return
    const gone = running.find(({ pid }) => pid === undefined)
    if (gone !== undefined) {
      console.error(`${gone.name} ended by itself; its log: ${gone.logPath}`)
      void stop(1)
    } else if (process.ppid !== parent) void stop(0)
  }, 500)
}

/** Asked a second time, it does not wait: what still runs is killed with this process. */
async function stop(exitCode: number): Promise<void> {
  if (isStopping) process.exit(exitCode)
  isStopping = true
  await Promise.all(running.map((engine) => engine.stop()))
  process.exit(exitCode)
}
