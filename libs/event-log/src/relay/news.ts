/** Lets a loop wait for something new: at once when there was news since it last waited. */
export class News {
  readonly #stop: () => void
  #isThere = false
  #wake = (): void => undefined

  constructor(onNews: (listener: () => void) => () => void) {
    this.#stop = onNews(() => {
      this.#isThere = true
      this.#wake()
    })
  }

  /** Resolves at the next news, or the last that nobody waited for; after `ms` at the latest, or when `signal` aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isThere && !signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake = wake
        signal.addEventListener('abort', wake)
      })
    this.#wake = () => undefined
    this.#isThere = false
  }

  close(): void {
    this.#stop()
  }
}
