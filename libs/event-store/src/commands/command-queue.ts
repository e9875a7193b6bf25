import { MagasinError } from '@magasin/contracts/magasin-error'

/** Carries out a group: settles every item of it but those that it resolves with, which come first in the next one. Never rejects. */
export interface GroupWriter<Item> {
  write(group: readonly Item[]): Promise<readonly Item[]>
}

export interface QueueLimits {
  /** The most items that share a commit. Fewer: more flushes under load. More: the first of a group waits longer for the last. */
  readonly maxGroup: number
  /** The most items that wait for a commit; beyond, OVERLOADED. Bounds memory and the time that the last in line waits. */
  readonly maxWaiting: number
}

/**
 * Group commit (DeWitt et al., "Implementation Techniques for Main Memory Database Systems", 1984): items that arrive while
 * a commit is under way share the next one, so that one flush to disk serves them all. One commit at a time.
 */
export class CommandQueue<Item> {
  readonly #writer: GroupWriter<Item>
  readonly #limits: QueueLimits
  // Sets keep the order, and whoever gives up leaves from the middle.
  #first = new Set<Item>()
  readonly #waiting = new Set<Item>()
  #running: Promise<void> | undefined
  #closed = false

  constructor(writer: GroupWriter<Item>, limits: QueueLimits) {
    this.#writer = writer
    this.#limits = limits
  }

  /** Puts an item in line. Throws OVERLOADED or STOPPING if it cannot wait here. */
  add(item: Item): void {
    if (this.#closed)
      throw new MagasinError('STOPPING', 'the store is stopping: send the command to it again once it is back')
    if (this.#waiting.size >= this.#limits.maxWaiting)
      throw new MagasinError('OVERLOADED', `${this.#limits.maxWaiting} commands wait already: try again in a moment`)
    this.#waiting.add(item)
    this.#running ??= this.#run()
  }

  /** Takes an item out of the line; false if it is not in line any more. */
  leave(item: Item): boolean {
    return this.#waiting.delete(item) || this.#first.delete(item)
  }

  /** Takes nothing more, and resolves when everything in line is settled. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#first.size + this.#waiting.size > 0) {
      // Everything that has already arrived on some socket gets in: without this turn of the event loop the first would go alone.
      await new Promise(setImmediate)
      const group = this.#next()
      if (group.length > 0) this.#first = new Set(await this.#writer.write(group))
    }
    this.#running = undefined
  }

  #next(): readonly Item[] {
    const group: Item[] = []
    for (const line of [this.#first, this.#waiting])
      for (const item of line) {
        if (group.length === this.#limits.maxGroup) return group
        group.push(item)
        line.delete(item)
      }
    return group
  }
}
