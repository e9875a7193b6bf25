/** How a budget stands after a request was counted, or refused. */
export interface Standing {
  /** 0: there is room for it. Else the seconds after which there is. */
  readonly waitS: number
  /** How many more there is room for now. */
  readonly remaining: number
  /** The seconds after which the budget is whole again. */
  readonly wholeInS: number
}

const minuteMs = 60_000
// What adding fractions loses must not cost the last request of a whole budget.
const roundingMs = 1e-6

/**
 * So many requests a minute for each key: all of them at once, or evenly; what was used comes back evenly (the generic cell rate
 * algorithm, ITU-T I.371: one number for each key). Unlike a counter that begins anew each minute, it lets no double burst through.
 * What it takes of memory is bounded: beyond `maxKeys` it forgets those that were counted longest ago, whose budgets are whole again then.
 */
export class Budgets {
  readonly perMinute: number
  readonly #maxKeys: number
  /** When the budget of a key is whole again. The older ones are forgotten at once, as soon as the recent ones are as many as may be. */
  #recent = new Map<string, number>()
  #older = new Map<string, number>()

  constructor({ perMinute, maxKeys }: { readonly perMinute: number; readonly maxKeys: number }) {
    this.perMinute = perMinute
    this.#maxKeys = maxKeys
  }

  /** Counts a request, if there is room for it. `nowMs` comes from a clock that never steps back. */
  take(key: string, nowMs: number): Standing {
    const wholeAt = this.#wholeAt(key, nowMs) + minuteMs / this.perMinute
    if (wholeAt - nowMs > minuteMs + roundingMs) return this.look(key, nowMs)
    if (this.#recent.size >= this.#maxKeys) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, wholeAt)
    return { ...this.#standing(wholeAt, nowMs), waitS: 0 }
  }

  /** How it stands; counts nothing. */
  look(key: string, nowMs: number): Standing {
    return this.#standing(this.#wholeAt(key, nowMs), nowMs)
  }

  /** Of how many keys it knows something. */
  get size(): number {
    return this.#recent.size + this.#older.size
  }

  #wholeAt(key: string, nowMs: number): number {
    return Math.max(nowMs, this.#recent.get(key) ?? this.#older.get(key) ?? 0)
  }

  #standing(wholeAt: number, nowMs: number): Standing {
    const each = minuteMs / this.perMinute
    const room = minuteMs - (wholeAt - nowMs) + roundingMs
    return {
      waitS: room >= each ? 0 : Math.max(1, Math.ceil((each - room) / 1_000)),
      remaining: Math.floor(room / each),
      wholeInS: Math.ceil((wholeAt - nowMs - roundingMs) / 1_000),
    }
  }
}
