import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { MysqlOptions } from '@magasin/sql/mysql/mysql-options'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { openSqlite, type SqliteOptions } from '@magasin/sql/sqlite/open-sqlite'

export type DatabasePlace = Pick<SqliteOptions, 'file'> | MysqlOptions

/** Where the asker and the answerer of a test keep what is theirs, and what stands between them. */
export interface Place {
  readonly asker: DatabasePlace
  readonly answerer: DatabasePlace
  /** What carries the asker's events; null: its own table does. */
  readonly kafka: Pick<KafkaOptions, 'brokers' | 'prefix'> | null
  /** The answerer's group: nobody else's on these brokers. */
  readonly group: string
}

const variable = 'ANSWERING_PLACE'

/** How a process is told its place. */
export const tellPlace = (place: Place) => ({ [variable]: JSON.stringify(place) })

/** The place that this process was told. */
export const readPlace = (): Place => JSON.parse(process.env[variable] ?? '') as Place

export async function openDatabase<Tables>(at: DatabasePlace, { readOnly = false } = {}): Promise<SqlDatabase<Tables>> {
  return 'file' in at ? openSqlite<Tables>({ ...at, readOnly }) : openMysql<Tables>({ ...at, readOnly })
}
