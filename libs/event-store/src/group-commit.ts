import { MagasinError } from '@magasin/contracts/magasin-error'

export interface GroupCommitOptions<Item> {
  /** Commits a group; settles every item in it and never rejects. */
  readonly commit: (group: readonly Item[]) => Promise<void>
  /** The most items that share a commit. Fewer: more flushes under load. More: the first of a group waits longer for the last. */
  readonly maxGroup: number
  /** The most items that wait for a commit; beyond, OVERLOADED. Bounds memory and the time that the last in line waits. */
  readonly maxWaiting: number
}

/**
 * Group commit (DeWitt et al., "Implementation Techniques for Main Memory Database Systems", 1984): items that arrive while
 * a commit is under way share the next one, so that one flush to disk serves them all. One commit at a time.
 */
export class GroupCommit<Item> {
  readonly #options: GroupCommitOptions<Item>
  #waiting: Item[] = []
  #running: Promise<void> | undefined
  #closed = false

  constructor(options: GroupCommitOptions<Item>) {
    this.#options = options
  }

  /** Puts an item in line. Throws OVERLOADED or STOPPING when it cannot wait here. */
  add(item: Item): void {
    if (this.#closed)
      throw new MagasinError('STOPPING', 'the store is stopping: send the command to it again once it is back')
    if (this.#waiting.length >= this.#options.maxWaiting)
      throw new MagasinError('OVERLOADED', `${this.#options.maxWaiting} commands wait already: try again in a moment`)
    this.#waiting.push(item)
    this.#running ??= this.#run()
  }

  /** Takes nothing more, and resolves when everything in line is settled. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Everything that has already arrived on some socket gets in: without this turn of the event loop the first would go alone.
      await new Promise(setImmediate)
      const group = this.#waiting.splice(0, this.#options.maxGroup)
      await this.#options.commit(group)
    }
    this.#running = undefined
  }
}
