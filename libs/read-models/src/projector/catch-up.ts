import type { GroupPartitionDescription } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'

// What is recorded within this time, a build reaches in less.
const closeMs = 1_000

/**
 * Whether a build is close to the end of a log that grows. It runs in rounds: each goes to where the log ended when it began, and the
 * last is the first that took less than a second.
 */
export class CatchUp {
  #ends: ReadonlyMap<string, number> | undefined
  #began = 0

  isClose(partitions: readonly GroupPartitionDescription[], now: number): boolean {
    const ends = this.#ends
    if (ends !== undefined && partitions.some((at) => at.seq < (ends.get(placeOf(at)) ?? 0))) return false
    const isClose = ends !== undefined && now - this.#began < closeMs
    this.#ends = new Map(partitions.map((at) => [placeOf(at), at.seq + at.lag]))
    this.#began = now
    return isClose
  }
}
