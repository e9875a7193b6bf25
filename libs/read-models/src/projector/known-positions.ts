import type { PartitionRef, PlacedPosition, Position, Positions } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import type { Batch } from '../read-model-store.ts'

/** Where a writer believes that a generation is. */
export class KnownPositions {
  readonly #known = new Map<string, Position>()

  at(place: PartitionRef): Position | null {
    return this.#known.get(placeOf(place)) ?? null
  }

  move(move: Batch['moves'][number]): void {
    this.#known.set(placeOf(move), move.to)
  }

  /** Believes what the store says of a topic, and answers it by partition. */
  take(topic: string, stored: readonly PlacedPosition[]): Positions {
    for (const key of this.#known.keys()) if (key.startsWith(`${topic}/`)) this.#known.delete(key)
    const found = stored.filter((position) => position.topic === topic)
    for (const position of found) this.#known.set(placeOf(position), positionIn(position))
    return new Map(found.map((position) => [position.partition, positionIn(position)]))
  }

  /** Whether the store has less than was believed before it was asked. */
  async areMoreThan(ask: () => Promise<readonly PlacedPosition[]>): Promise<boolean> {
    const before = new Map(this.#known)
    const stored = new Map((await ask()).map((position) => [placeOf(position), position]))
    return [...before].some(([key, { logId, seq }]) => {
      const found = stored.get(key)
      return found === undefined || found.logId !== logId || found.seq < seq
    })
  }
}

const positionIn = ({ logId, seq, eventId }: Position): Position => ({ logId, seq, eventId })
