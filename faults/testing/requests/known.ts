/** What requests may name: ids that earlier answers told, by kind (`users`). The newest are kept. */
export class Known {
  readonly #ids = new Map<string, number[]>()
  readonly #kept: ReadonlySet<string>

  /** `kept` are never told: who holds a token of the test is not deleted. */
  constructor(kept: readonly { readonly kind: string; readonly id: number }[] = []) {
    this.#kept = new Set(kept.map(({ kind, id }) => `${kind} ${id}`))
  }

  /** One of a kind, the same for the same number while nothing is learned. */
  pick(kind: string, n: number): number | undefined {
    const ids = this.#ids.get(kind) ?? []
    return ids[n % Math.max(1, ids.length)]
  }

  /** Whatever ids an answer holds: `user_id`, or `id` in a list or answer of a path. */
  learn(path: string, value: unknown): void {
    if (Array.isArray(value)) return value.forEach((item) => this.learn(path, item))
    if (typeof value !== 'object' || value === null) return
    for (const [name, inside] of Object.entries(value)) {
      const kind = kindOf(name, path)
      if (kind !== undefined && typeof inside === 'number') this.#add(kind, inside)
      else this.learn(path, inside)
    }
  }

  #add(kind: string, id: number): void {
    if (this.#kept.has(`${kind} ${id}`)) return
    const ids = this.#ids.get(kind) ?? []
    this.#ids.set(kind, [...ids.filter((other) => other !== id), id].slice(-mostOfAKind))
  }

  forget(kind: string, id: number): void {
    this.#ids.set(
      kind,
      (this.#ids.get(kind) ?? []).filter((other) => other !== id),
    )
  }
}

const mostOfAKind = 15

/** What an id names: `user_id` users, `id` what the path begins with. */
export function kindOf(name: string, path: string): string | undefined {
  if (name === 'id') return path.split('/')[1]
  return name.endsWith('_id') && name !== 'user_type_id' ? `${name.slice(0, -3)}s` : undefined
}
