/** Runs pieces of work one after the other for each key, and those of different keys side by side. */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Runs `work` when all earlier work of the key is done, however that ended. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(work)
    const tail = result.catch(() => undefined)
    this.#tails.set(key, tail)
    return result
  }
}
