import { shownText, type Composed, type Environment, type Setting } from './settings.ts'

/** A database on a server of MySQL or MariaDB. */
export interface MysqlDatabase {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Empty for none. Never shown. */
  readonly password: string
  readonly name: string
}

/** Where a service keeps its own database: in a file of the data folder, or on a server. */
export type DatabaseSetting = 'sqlite' | MysqlDatabase

/** `MAGASIN_DB`, or the lab's `DB_HOST`, `DB_PORT`, `DB_USER`, `DB_PASSWORD` and `DB_NAME`. */
export function databaseSetting(meaning: string): Setting<DatabaseSetting> {
  return {
    name: 'MAGASIN_DB',
    default: 'sqlite',
    meaning,
    allowed:
      'sqlite, or mysql://user:password@host:port/name, where whatever else than letters and digits is percent-encoded in user and password',
    aliases: [],
    // It can hold a password.
    secret: true,
    parse: (text) => (text === 'sqlite' ? text : parseMysqlUrl(text)),
    composed: composeLabNames,
  }
}

/** The database of one part, where several share a setting: on a server, by its name. */
export function databaseOf(part: string, database: DatabaseSetting): DatabaseSetting {
  return database === 'sqlite' ? database : { ...database, name: `${database.name}_${part}` }
}

/** How a database is named to people. */
export function describeDatabase(database: DatabaseSetting): string {
  return database === 'sqlite' ? 'SQLite' : `${database.name} on ${database.host}:${database.port}`
}

const defaultPort = 3306
const hostPattern = /^([\w.-]+|\[[\da-f:.]+\])$/i
// MySQL allows 64; `databaseOf` adds to it.
const namePattern = /^[\w-]{1,50}$/

function parseMysqlUrl(text: string): MysqlDatabase | undefined {
  const [, user, password = '', host, port, name] =
    /^mysql:\/\/([^:@/]+)(?::([^:@/]*))?@([^:@/]+|\[[^\]/]+\])(?::(\d+))?\/([^/]+)$/.exec(text) ?? []
  if (user === undefined || host === undefined || name === undefined) return undefined
  const decoded = { user: decode(user), password: decode(password) }
  if (decoded.user === undefined || decoded.password === undefined) return undefined
  const number = port === undefined ? defaultPort : portOf(port)
  if (number === undefined || !hostPattern.test(host) || !namePattern.test(name)) return undefined
  return { host: withoutBrackets(host), port: number, user: decoded.user, password: decoded.password, name }
}

const labNames = ['DB_HOST', 'DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME'] as const

function composeLabNames(env: Environment): Composed<DatabaseSetting> | undefined {
  const present = labNames.filter((name) => (env[name] ?? '') !== '')
  if (present.length === 0) return undefined
  const [host = '', port = String(defaultPort), user = '', password = '', name = ''] = labNames.map((one) =>
    env[one] === '' ? undefined : env[one],
  )
  const number = portOf(port)
  const faults = (['DB_HOST', 'DB_USER', 'DB_NAME'] as const)
    .filter((one) => !present.includes(one))
    .map((one) => `${one} must be set, where ${present.join(', ')} ${present.length === 1 ? 'is' : 'are'}`)
  if (host !== '' && !hostPattern.test(host)) faults.push(`DB_HOST=${shownText(host)} must be the name of a host`)
  if (number === undefined) faults.push(`DB_PORT=${shownText(port)} must be a port, 1 to 65535`)
  if (name !== '' && !namePattern.test(name))
    faults.push(`DB_NAME=${shownText(name)} must be a name of at most 50 letters, digits, "_" and "-"`)
  if (faults.length > 0 || number === undefined) return { faults }
  return { shown: present.join(', '), value: { host: withoutBrackets(host), port: number, user, password, name } }
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

const withoutBrackets = (host: string): string => host.replaceAll(/^\[|\]$/g, '')

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
