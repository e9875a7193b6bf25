import type { RecordedEnds } from './recorded-ends.ts'

/**
 * Tells a listener when something may be new: that a commit of this process, which is on disk, recorded events up to these, or (null)
 * in any topic. Returns how to take the listener away. News is a hint: readers also look by themselves.
 */
export type OnNews = (listener: (news: RecordedEnds | null) => void) => () => void

/** Nobody tells of news. */
export const noNews: OnNews = () => () => undefined

/** Lets a loop wait for news: it resolves at once if there was news since it last waited. */
export class News {
  readonly #stop: () => void
  /** Undefined: there was none. */
  #topics: Set<string> | null | undefined
  #wake = (): void => undefined

  constructor(onNews: OnNews) {
    this.#stop = onNews((news) => {
      if (news === null || this.#topics === null) this.#topics = null
      else this.#topics = new Set([...(this.#topics ?? []), ...news.keys()])
      this.#wake()
    })
  }

  /**
   * Resolves at the next news, with its topics (null: any); with undefined after `ms`, or when `signal` aborts.
   * What is told while nobody waits is kept for the next call.
   */
  async wait(ms: number, signal: AbortSignal): Promise<ReadonlySet<string> | null | undefined> {
    if (this.#topics === undefined && !signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, ms)
        function wake() {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake = wake
        signal.addEventListener('abort', wake)
      })
    this.#wake = () => undefined
    const topics = this.#topics
    this.#topics = undefined
    return topics
  }

  close(): void {
    this.#stop()
  }
}
