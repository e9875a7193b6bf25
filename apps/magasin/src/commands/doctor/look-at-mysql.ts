import { databaseOf, describeDatabase, type MysqlDatabase } from '@magasin/service-kit/database-setting'
import { partsWithDatabase } from '@magasin/shop/parts'
import { inspectMysql, type MysqlInspection } from '@magasin/sql/mysql/inspect-mysql'
import { collationOf } from '@magasin/sql/mysql/mysql-options'
import { fault, note, ok, type Finding } from './finding.ts'

type Variables = MysqlInspection['variables']

// The events of a group travel in one statement: 256 of the usual size take a tenth of this, one of the largest size a sixteenth.
const leastPacketBytes = 4 * 1_048_576
// A service takes twelve, with their locks; half of what is there is others'.
const leastConnections = 50

/** Looks at a server of MySQL or MariaDB: is it there, and does it keep what it acknowledged? */
export async function lookAtMysql(database: MysqlDatabase): Promise<readonly Finding[]> {
  const address = `${database.host}:${database.port}`
  try {
    const places = [database, ...partsWithDatabase.map((part) => databaseOf(part.database, database))]
    const servers = await Promise.all(
      places.map(async (place) => ({ place, ...(await inspectMysql(place as MysqlDatabase)) })),
    )
    const { version, variables } = servers[0]!
    return [
      lookAtVersion(version, address),
      lookAtFlush(variables),
      ...lookAtBinaryLog(variables),
      ...lookAtRights(variables),
      ...lookAtSizes(variables),
      ...servers
        .filter(({ tables }) => tables.length > 0)
        .map((found) => lookAtCollation(found.place, found.collation, collationOf(version))),
    ]
  } catch (error) {
    return [fault((error as Error).message, 'without its database a service answers nothing but 503')]
  }
}

function lookAtVersion(version: string, address: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const isMariadb = /mariadb/i.test(version)
  const isEnough = isMariadb ? major > 10 || (major === 10 && minor >= 6) : major >= 8
  const name = `${isMariadb ? 'MariaDB' : 'MySQL'} ${version} at ${address}`
  return isEnough ? ok(name) : fault(`${name} is too old`, 'use MySQL 8 or MariaDB 10.6, or a later one')
}

function lookAtFlush(variables: Variables): Finding {
  const value = variables['innodb_flush_log_at_trx_commit']
  return value === '1'
    ? ok('every commit is on disk before it is acknowledged')
    : fault(
        `innodb_flush_log_at_trx_commit is ${value}: a power cut takes back what was acknowledged`,
        'set innodb_flush_log_at_trx_commit=1 in the configuration of the server, and `set global` it now',
      )
}

function lookAtBinaryLog(variables: Variables): readonly Finding[] {
  if (variables['log_bin'] !== 'ON' || variables['sync_binlog'] === '1') return []
  return [
    fault(
      `sync_binlog is ${variables['sync_binlog']}: after a power cut replicas and backups may have other events than the store`,
      'set sync_binlog=1 in the configuration of the server, and `set global` it now',
    ),
  ]
}

function lookAtRights(variables: Variables): readonly Finding[] {
  const on = ['read_only', 'super_read_only'].filter((name) => ['ON', '1'].includes(variables[name] ?? 'OFF'))
  return on.map((name) => fault(`${name} is on: no command can be recorded`, 'name the primary server in MAGASIN_DB'))
}

function lookAtSizes(variables: Variables): readonly Finding[] {
  const [packet, connections] = [Number(variables['max_allowed_packet']), Number(variables['max_connections'])]
  const findings: Finding[] = []
  if (packet < leastPacketBytes)
    findings.push(
      fault(`max_allowed_packet is ${packet}: an event may not fit into it`, 'set it to 16M, which is usual, or more'),
    )
  if (connections < leastConnections)
    findings.push(note(`max_connections is ${connections}: each process of Magasin takes up to twelve`))
  return findings
}

function lookAtCollation(
  place: Parameters<typeof describeDatabase>[0],
  found: string | null,
  collation: string,
): Finding {
  const name = describeDatabase(place)
  return found === collation
    ? ok(`${name} compares texts byte by byte`)
    : fault(
        `${name} has the collation ${found}: new tables would take Ada for ada, or a text for one with a space at its end`,
        `\`alter database … character set utf8mb4 collate ${collation}\`, which the next start does where it may`,
      )
}
