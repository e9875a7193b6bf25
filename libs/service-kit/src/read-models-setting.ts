import { shownText, type Composed, type Environment, type Setting } from './settings.ts'

/** A Redis, or several servers of one Redis Cluster. */
export interface RedisPlace {
  /** `redis://…`, or several with commas between them. May hold a password: never shown. */
  readonly url: string
}

/** Where read models are kept: in a file of the data folder, or in Redis. */
export type ReadModelsSetting = 'sqlite' | RedisPlace

/** `MAGASIN_READ_MODELS`, or the lab's `REDIS_HOST`, `REDIS_PORT` and `REDIS_DB`. */
export function readModelsSetting(meaning: string): Setting<ReadModelsSetting> {
  return {
    name: 'MAGASIN_READ_MODELS',
    default: 'sqlite',
    meaning,
    allowed:
      'sqlite, or redis://user:password@host:port/database (rediss:// by TLS; more servers of a cluster behind commas), where whatever else than letters and digits is percent-encoded in user and password',
    aliases: [],
    // It can hold a password.
    secret: true,
    parse: (text) => (text === 'sqlite' ? text : parseRedisUrls(text)),
    composed: composeLabNames,
  }
}

/** How the place of read models is named to people. */
export function describeReadModels(readModels: ReadModelsSetting): string {
  if (readModels === 'sqlite') return 'SQLite'
  const hosts = readModels.url.split(',').map((url) => new URL(url).host)
  return `Redis at ${hosts.join(', ')}`
}

const defaultPort = 6379
const urlPattern = /^rediss?:\/\/(?:[^:@/]*(?::[^:@/]+)?@)?(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?(?:\/(\d{1,5})?)?$/i

/** A cluster has one database, and one scheme. */
function parseRedisUrls(text: string): RedisPlace | undefined {
  const urls = text.split(',').map((url) => urlPattern.exec(url))
  if (!urls.every((url) => url !== null && isPort(url[1] ?? String(defaultPort)) && URL.canParse(url[0])))
    return undefined
  if (urls.some((url) => !isDecodable(url![0]))) return undefined
  if (new Set(text.split(',').map((url) => new URL(url).protocol)).size > 1) return undefined
  if (urls.length > 1 && urls.some((url) => Number(url?.[2] ?? 0) > 0)) return undefined
  return { url: text }
}

function composeLabNames(env: Environment): Composed<ReadModelsSetting> | undefined {
  const { REDIS_HOST: host = '', REDIS_PORT: port = '', REDIS_DB: database = '' } = env
  const present = Object.entries({ REDIS_HOST: host, REDIS_PORT: port, REDIS_DB: database }).filter(
    ([, text]) => text !== '',
  )
  if (present.length === 0) return undefined
  const names = present.map(([name]) => name).join(', ')
  const url = `redis://${host}:${port || defaultPort}/${database || 0}`
  const faults = [
    ...(host === '' ? [`REDIS_HOST must be set, where ${names} ${present.length === 1 ? 'is' : 'are'}`] : []),
    ...(host !== '' && !/^([\w.-]+|\[[\da-f:.]+\])$/i.test(host)
      ? [`REDIS_HOST=${shownText(host)} must be the name of a host`]
      : []),
    ...(port !== '' && !isPort(port) ? [`REDIS_PORT=${shownText(port)} must be a port, 1 to 65535`] : []),
    ...(database !== '' && !/^\d{1,5}$/.test(database)
      ? [`REDIS_DB=${shownText(database)} must be the number of a database`]
      : []),
  ]
  return faults.length > 0 ? { faults } : { shown: names, value: { url } }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

function isDecodable(url: string): boolean {
  const { username, password } = new URL(url)
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}
