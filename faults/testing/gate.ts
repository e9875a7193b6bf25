/** Lets through up to a number, which rises. */
export class Gate {
  readonly #waiting: { readonly number: number; readonly pass: () => void }[] = []
  #open: number

  constructor(open: number) {
    this.#open = open
  }

  /** Resolves when `number` may pass. */
  pass(number: number): Promise<void> {
    return new Promise((pass) => (number <= this.#open ? pass() : this.#waiting.push({ number, pass })))
  }

  /** Lets through up to this number; never fewer than before. */
  openUpTo(number: number): void {
    this.#open = Math.max(this.#open, number)
    for (const one of this.#waiting) if (one.number <= this.#open) one.pass()
  }
}
