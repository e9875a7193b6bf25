import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Engine } from '../../tools/engines/engine.ts'
import type { Bench } from './bench.ts'
import { makeTopic, type MeasuredTopic } from './topic.ts'

/** Where one measurement on services keeps everything. */
export interface FreshPlace {
  readonly folder: string
  /** What its databases on the server begin with. */
  readonly database: string
  readonly topic: MeasuredTopic
}

/** Each measurement begins with nothing; what it leaves stays where it is until the benchmark ends, and costs the next one nothing. */
export async function withFreshPlace<T>(
  { bench, mariadb, kafka }: { readonly bench: Bench; readonly mariadb: Engine; readonly kafka: Engine },
  work: (place: FreshPlace) => Promise<T>,
): Promise<T> {
  const name = `bench_${randomUUID().slice(0, 8)}`
  const folder = join(bench.folder, name)
  mkdirSync(folder)
  const topic = await makeTopic(kafka)
  const result = await work({ folder, database: `${mariadb.url}/${name}`, topic })
  await topic.close()
  return result
}

/** Makes an empty database. */
export async function createDatabase(location: string): Promise<void> {
  const { pathname } = new URL(location)
  const connection = await createConnection(location.slice(0, -pathname.length))
  await connection.query(`create database ${pathname.slice(1)} character set utf8mb4`)
  await connection.end()
}

/** What was counted is what is there: a figure for work that was not done is worth nothing. */
export async function checkRows(location: string, expected: Readonly<Record<string, number>>): Promise<void> {
  const connection = await createConnection(location)
  for (const [table, rows] of Object.entries(expected)) {
    const [[found]] = await connection.query<RowDataPacket[]>(`select count(*) as count from ${table}`)
    if (found?.['count'] !== rows) throw new Error(`${table} holds ${found?.['count']} rows where ${rows} were created`)
  }
  await connection.end()
}
