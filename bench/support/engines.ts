import { join } from 'node:path'
import type { Engine } from '../../tools/engines/engine.ts'
import { startKafka } from '../../tools/engines/kafka.ts'
import { startMariadb } from '../../tools/engines/mariadb.ts'
import type { Bench } from './bench.ts'

/** A broker of the benchmark's own, on the disk that is measured. */
export const runKafka = (bench: Bench): Promise<Engine> => run(bench, startKafka, 'kafka')

/** A database server of the benchmark's own, with its default durability: a commit is on disk before it is answered. */
export const runMariadb = (bench: Bench): Promise<Engine> => run(bench, startMariadb, 'mariadb')

async function run(bench: Bench, start: typeof startKafka, name: string): Promise<Engine> {
  const engine = await start({ folder: join(bench.folder, name) })
  bench.atEnd(() => engine.kill())
  return engine
}
