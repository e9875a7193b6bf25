import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { Engine } from './engine.ts'
import type { EventStoreTables } from './tables.ts'

// The first block is short, so that the ids do not jump far at every start. Each next one is twice as long: under load a block of
// this length would cost every hundredth creation a transaction and a flush. The longest is what a few busy seconds use.
const firstBlock = 100
const longestBlock = 12_800

/** Hands out ids that were never given before, from blocks reserved in the database; what is left of a block is lost when the process ends. */
export class IdBlocks {
  readonly #database: SqlDatabase<EventStoreTables>
  readonly #engine: Engine
  readonly #blocks = new Map<string, { next: number; readonly end: number; readonly size: number }>()
  readonly #reserving = new Map<string, Promise<void>>()

  constructor(database: SqlDatabase<EventStoreTables>, engine: Engine) {
    this.#database = database
    this.#engine = engine
  }

  async next(entity: string): Promise<number> {
    for (;;) {
      const block = this.#blocks.get(entity)
      if (block !== undefined && block.next < block.end) return block.next++
      await this.#reserve(entity)
    }
  }

  /** Reserves a block; those who ask meanwhile wait for the same one. */
  #reserve(entity: string): Promise<void> {
    const underWay = this.#reserving.get(entity)
    if (underWay !== undefined) return underWay
    const reserving = this.#reserveBlock(entity).finally(() => this.#reserving.delete(entity))
    this.#reserving.set(entity, reserving)
    return reserving
  }

  async #reserveBlock(entity: string): Promise<void> {
    const size = Math.min(longestBlock, 2 * (this.#blocks.get(entity)?.size ?? firstBlock / 2))
    const next = await this.#takeBlock(entity, size).catch((error: unknown) => {
      // Another process took the very first block at the same moment; or COMMIT got no answer: at worst this block is lost.
      const fault = this.#database.faultOf(error)
      if (fault === 'duplicate' || fault === 'unanswered') return this.#takeBlock(entity, size)
      throw error
    })
    this.#blocks.set(entity, { next, end: next + size, size })
  }

  #takeBlock(entity: string, size: number): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const query = tx.selectFrom('id_blocks').selectAll().where('entity', '=', entity)
      const row = await this.#engine.forUpdate(query).executeTakeFirst()
      const start = row?.next_id ?? 1
      const moved = { entity, next_id: start + size }
      if (row === undefined) await tx.insertInto('id_blocks').values(moved).execute()
      else await tx.updateTable('id_blocks').set(moved).where('entity', '=', entity).execute()
      return start
    })
  }
}
