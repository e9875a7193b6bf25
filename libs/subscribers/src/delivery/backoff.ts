const firstMs = 100
// Longer: an engine that is back is noticed late. Shorter: a dead one is asked for nothing.
const longestMs = 30_000

/** How long to wait before try number `tries` + 1: doubling, with half of it random so that those who failed together part. */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  const ms = Math.min(longestMs, firstMs * 2 ** (tries - 1))
  return ms / 2 + (random() * ms) / 2
}
