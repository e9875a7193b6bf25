import { MagasinError } from '@magasin/contracts/magasin-error'
import { migrate } from '@magasin/sql/migrate'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { sql } from 'kysely'
import { checkRanking } from '../declared-names.ts'
import type { ReadModels } from '../define-read-models.ts'
import type { GenerationWriter, ReadModelStore } from '../read-model-store.ts'
import { beginShadow, readStatus, swapShadow } from './generations.ts'
import { releaseLease, takeLease } from './lease.ts'
import { readPage, readDocument, readTop } from './read-generation.ts'
import { readModelMigrations } from './schema.ts'
import { Sweeper } from './sweeper.ts'
import { told } from './unavailable.ts'
import { writerOf } from './writer.ts'

type Database = SqlDatabase<unknown>

/** Read models in an SQLite file of their own, which can be deleted: they are built anew. It is closed with them, or if this rejects. */
export async function openSqliteReadModels(
  models: ReadModels,
  database: SqlDatabase<unknown>,
  { readOnly = false } = {},
): Promise<ReadModelStore> {
  try {
    if (!readOnly) await migrate(database, readModelMigrations)
  } catch (error) {
    await database.close()
    throw error
  }
  const sweeper = new Sweeper(database)
  if (!readOnly) sweeper.sweep()
  return storeIn({ database, models, sweeper })
}

interface Parts {
  readonly database: Database
  readonly models: ReadModels
  readonly sweeper: Sweeper
}

function storeIn({ database, models, sweeper }: Parts): ReadModelStore {
  const db = database.reader
  const writer = (generation: number): GenerationWriter => writerOf({ database, models, generation })
  const change = <T>(body: Parameters<typeof database.transaction<T>>[0]) => told(database.transaction(body))
  const read = <T>(body: (generation: number) => Promise<T>) => told(ofCurrent(database, body))
  const dropping = async <T>(body: Parameters<typeof database.transaction<T>>[0]) => {
    const answer = await change(body)
    sweeper.sweep()
    return answer
  }
  return {
    async top(ranking, atMost) {
      checkRanking(models, ranking)
      return read((generation) => readTop({ db, models, generation }, ranking, atMost))
    },
    document: (name, key) => read((generation) => readDocument({ db, models, generation }, name, key)),
    pageOf: (index, request) => read((generation) => readPage({ db, models, generation }, index, request)),
    positions: () => read((generation) => writer(generation).positions()),
    begin: async (fingerprint) => writer(await dropping((tx) => beginShadow(tx, fingerprint))),
    async current() {
      const { current } = await told(readStatus(db))
      return current === null ? undefined : writer(current.generation)
    },
    swap: (generation) => dropping((tx) => swapShadow(tx, generation)),
    async requestRebuild() {
      await change((tx) => sql`update control set requested = requested + 1`.execute(tx))
    },
    status: () => told(readStatus(db)),
    lease: (holder, forMs) => change((tx) => takeLease(tx, holder, forMs)),
    release: (holder) => change((tx) => releaseLease(tx, holder)),
    check: () => told(database.check()),
    async close() {
      await sweeper.stop()
      await database.close()
    },
  }
}

/** Reads from the current generation, and again if it was dropped meanwhile: half of it may have been gone. */
async function ofCurrent<T>(database: Database, body: (generation: number) => Promise<T>): Promise<T> {
  for (;;) {
    const { current } = await readStatus(database.reader)
    if (current === null)
      throw new MagasinError('READ_MODELS_NOT_READY', 'the read models are built for the first time')
    const answer = await body(current.generation)
    if ((await readStatus(database.reader)).current?.generation === current.generation) return answer
  }
}
