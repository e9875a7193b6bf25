import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { engines, isEngineName, type EngineName } from './engines.ts'
import { enginesFolder } from './engines-folder.ts'

export const usage = `Usage: npm run engines -- [mysql] [kafka] [redis] [options]

Runs MariaDB, Apache Kafka and Redis, or those that are named, until Ctrl-C.
What is not on this machine is installed where that is possible: as root on Debian.
They listen on 127.0.0.1 only.

Options:
  --mysql-port=PORT   ${engines.mysql.usualPort} by default
  --kafka-port=PORT   ${engines.kafka.usualPort} by default
  --redis-port=PORT   ${engines.redis.usualPort} by default
  --data=FOLDER       where they keep their data; .engines/data by default
  --help              shows this
`

/** What to run, and where. */
export interface Wanted {
  readonly ports: ReadonlyMap<EngineName, number>
  readonly folder: string
}

/** What the command line asks for; undefined for `--help`. Throws for what it does not know, with what is wrong. */
export function readArguments(args: readonly string[]): Wanted | undefined {
  const text = { type: 'string' } as const
  const ports = { 'mysql-port': text, 'kafka-port': text, 'redis-port': text } as const
  const options = { help: { type: 'boolean' }, data: text, ...ports } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.help === true) return undefined
  const all = Object.keys(engines).filter(isEngineName)
  const names = positionals.length === 0 ? all : positionals.map(engineName)
  return {
    ports: new Map(names.map((name) => [name, portOf(values[`${name}-port`], engines[name].usualPort)])),
    folder: resolve(values.data ?? join(enginesFolder, 'data')),
  }
}

function engineName(name: string): EngineName {
  if (isEngineName(name)) return name
  throw new Error(`there is no engine "${name}": they are ${Object.keys(engines).join(', ')}`)
}

function portOf(value: string | undefined, usual: number): number {
  if (value === undefined) return usual
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`"${value}" is no port`)
  return port
}
