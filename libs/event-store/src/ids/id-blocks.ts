import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { StatementDialect } from '../statement-dialect.ts'
import type { EventStoreTables } from '../tables.ts'

// The first block is short, so that the ids do not jump far at every start. Each next one is twice as long: under load a block of
// this length would cost every hundredth creation a transaction and a flush. The longest is what a few busy seconds use.
const firstBlock = 100
const longestBlock = 12_800

interface Block {
  next: number
  readonly end: number
}

/** Hands out ids that were never given before, from blocks reserved in the database; what is left of a block is lost when the process ends. */
export class IdBlocks {
  readonly #database: SqlDatabase<EventStoreTables>
  readonly #dialect: StatementDialect
  readonly #blocks = new Map<string, Block[]>()
  readonly #sizes = new Map<string, number>()

  constructor(database: SqlDatabase<EventStoreTables>, dialect: StatementDialect) {
    this.#database = database
    this.#dialect = dialect
  }

  /** Makes sure that an id can be taken for each of these kinds of entity, as often as it is named. One call at a time. */
  async reserve(entities: readonly string[]): Promise<void> {
    if (entities.length === 0) return
    for (const [entity, { length }] of Map.groupBy(entities, (name) => name)) {
      const blocks = this.#blocks.get(entity) ?? []
      const left = blocks.reduce((sum, { next, end }) => sum + end - next, 0)
      if (left < length) this.#blocks.set(entity, [...blocks, await this.#reserveBlock(entity, length - left)])
    }
  }

  /** The next id; one must have been reserved. */
  take(entity: string): number {
    const blocks = this.#blocks.get(entity) ?? []
    while (blocks.length > 0 && blocks[0]!.next === blocks[0]!.end) blocks.shift()
    const [block] = blocks
    if (block === undefined) throw new Error(`no id of ${entity} was reserved`)
    return block.next++
  }

  async #reserveBlock(entity: string, atLeast: number): Promise<Block> {
    const size = Math.max(atLeast, Math.min(longestBlock, 2 * (this.#sizes.get(entity) ?? firstBlock / 2)))
    const next = await this.#takeBlock(entity, size).catch((error: unknown) => {
      // Another process took the very first block at the same moment; or COMMIT got no answer: at worst this block is lost.
      const fault = this.#database.faultOf(error)
      if (fault === 'duplicate' || fault === 'unanswered') return this.#takeBlock(entity, size)
      throw error
    })
    this.#sizes.set(entity, size)
    return { next, end: next + size }
  }

  #takeBlock(entity: string, size: number): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const query = tx.selectFrom('id_blocks').selectAll().where('entity', '=', entity)
      const row = await (this.#dialect.isSerial ? query : query.forUpdate()).executeTakeFirst()
      const start = row?.next_id ?? 1
      const moved = { entity, next_id: start + size }
      if (row === undefined) await tx.insertInto('id_blocks').values(moved).execute()
      else await tx.updateTable('id_blocks').set(moved).where('entity', '=', entity).execute()
      return start
    })
  }
}
