/** The address of a MySQL or MariaDB server, a user of it, and one of its databases. */
export interface MysqlOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Empty for none. Never in a message or a log. */
  readonly password: string
  /** The database; made when it is missing. */
  readonly name: string
  /** The most connections at once that read, and the most that write; 10 of each by default. */
  readonly poolSize?: number
}

/**
 * How a server of a version compares texts in what is ours: byte by byte to the end, as SQLite does. By the default of most servers
 * `Ada` is `ada`; by utf8mb4_bin a space at the end does not count, so that a decision finds no row where the database finds one.
 * MariaDB and MySQL (from 8.0.17) have no name for it in common.
 */
export const collationOf = (version: string): string =>
  /mariadb/i.test(version) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'

/** How a server is named in messages. */
export const addressOf = ({ host, port }: Pick<MysqlOptions, 'host' | 'port'>): string => `${host}:${port}`

/** What every connection is opened with. */
export function connectionOptions({ host, port, user, password }: MysqlOptions) {
  return {
    host,
    port,
    user,
    password,
    // A slower server is as good as down for a caller who waits for an answer over HTTP.
    connectTimeout: 3_000,
    // A statement may take an hour, in which nothing is sent: by these a network does not take the connection for an unused one.
    keepAliveInitialDelay: 10_000,
    // The collation of the connection decides how two literals compare; that of a column, how it does.
    charset: 'UTF8MB4_BIN',
    // JSON as text, as on SQLite: it is parsed in one place. Dates too: nobody's time zone gets in.
    jsonStrings: true,
    dateStrings: true,
    // Whole numbers as numbers, a sum (which MySQL makes a decimal) too.
    supportBigNumbers: true,
    decimalNumbers: true,
    // An object given as a value is a text, never `column` = 'value'.
    stringifyObjects: true,
  } as const
}

/** What a connection is for. */
export interface SessionOptions {
  /** For transactions, `false`: they begin with their first statement, without a round trip of their own. Else each statement is one. */
  readonly autocommit: boolean
  /** The server refuses every change. */
  readonly readOnly?: boolean
  /** For changes of the schema: waits for others as long as it takes, and is not cut off while it works. */
  readonly isForSchema?: boolean
}

// The last moment of an ALTER waits until no transaction uses the table: given up there, an hour of work is undone.
const aDayS = 86_400

/**
 * What each connection is told first, so that it does not depend on how the server was set up.
 *
 * READ COMMITTED: a row that was waited for is read as it is now, and gaps are not locked.
 * A lock that is not granted within a second is asked for anew, by the whole transaction: if two wait for each other
 * through something that the server cannot see, one of them gives way.
 * The server ends a connection from which it hears nothing for 10 s: a process that was stopped inside a transaction, or whose
 * machine is gone, loses the transaction, and everybody else gets its locks. Shorter, and a process that is busy with something
 * else for a moment loses its transaction; longer, and others wait past the deadline of a request. So no transaction may stay
 * open while its process waits for somebody else than the database: an SMTP server that takes 11 s would undo it each time.
 * Without autocommit the first statement begins the transaction.
 */
export const sessionSettings = (options: SessionOptions): readonly string[] => [
  ...commonSettings(options),
  ...(options.isForSchema === true ? schemaSettings : []),
]

const schemaSettings: readonly string[] = [
  // MySQL reads /*M! as a comment; it has no such limit for what is not a SELECT.
  `set session lock_wait_timeout = ${aDayS}, innodb_lock_wait_timeout = ${aDayS}, wait_timeout = 60 /*M!100108 , max_statement_time = 0 */`,
]

const commonSettings = ({ autocommit, readOnly = false }: SessionOptions): readonly string[] => [
  `set session transaction isolation level read committed, read ${readOnly ? 'only' : 'write'}`,
  `set session
    autocommit = ${autocommit ? 1 : 0},
    sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY',
    default_storage_engine = InnoDB,
    time_zone = '+00:00',
    innodb_lock_wait_timeout = 1,
    wait_timeout = 10`,
]

/** Well below `wait_timeout`: the pool closes an idle connection before the server does. */
export const idleTimeoutMs = 4_000
