import { parseArgs } from 'node:util'
import { engines, isEngineName, type EngineName } from './engines.ts'

export const usage = `Usage: npm run services -- [mysql] [kafka] [redis] [options]

Runs MariaDB, Apache Kafka and Redis, or those that are named, until Ctrl-C.
What is not on this machine is installed where that is possible: as root on Debian.
They listen on 127.0.0.1 only, and keep their data in .services/data.

Options:
  --mysql-port=PORT   ${engines.mysql.usualPort} by default
  --kafka-port=PORT   ${engines.kafka.usualPort} by default
  --redis-port=PORT   ${engines.redis.usualPort} by default
  --help              shows this
`

/** The engines to run, each with its port. */
export type Wanted = ReadonlyMap<EngineName, number>

/** What the command line asks for; undefined for `--help`. Throws for what it does not know, with what is wrong. */
export function readArguments(args: readonly string[]): Wanted | undefined {
  const port = { type: 'string' } as const
  const options = { help: { type: 'boolean' }, 'mysql-port': port, 'kafka-port': port, 'redis-port': port } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.help === true) return undefined
  const all = Object.keys(engines).filter(isEngineName)
  const names = positionals.length === 0 ? all : positionals.map(engineName)
  return new Map(names.map((name) => [name, portOf(values[`${name}-port`], engines[name].usualPort)]))
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
