/** Random numbers that a seed repeats. */
export interface Random {
  readonly seed: number
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
}

/** Mulberry32 (Tommy Ettinger, 2017): small, fast, and good enough to choose moments with. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { seed, between: (least, most) => least + Math.floor(next() * (most - least + 1)) }
}

/** The seed that `FAULTS_SEED` names, to repeat a run, or a new one. */
export function chooseSeed(): number {
  return Number(process.env['FAULTS_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
}
