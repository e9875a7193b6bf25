import type { PartitionRef, Position, Positions } from '@magasin/event-log/event-log'
import type { Batch } from '../read-model-store.ts'

type Placed = PartitionRef & Position

/** Where a writer believes that a generation is. */
export class KnownPositions {
  readonly #known = new Map<string, Position>()

  at(place: PartitionRef): Position | null {
    return this.#known.get(keyOf(place)) ?? null
  }

  move(move: Batch['moves'][number]): void {
    this.#known.set(keyOf(move), move.to)
  }

  /** Believes what the store says of a topic, and answers it by partition. */
  take(topic: string, stored: readonly Placed[]): Positions {
    for (const key of this.#known.keys()) if (key.startsWith(`${topic}/`)) this.#known.delete(key)
    const found = stored.filter((position) => position.topic === topic)
    for (const position of found) this.#known.set(keyOf(position), positionIn(position))
    return new Map(found.map((position) => [position.partition, positionIn(position)]))
  }

  /** Whether the store has less than was believed before it was asked. */
  async areMoreThan(ask: () => Promise<readonly Placed[]>): Promise<boolean> {
    const before = new Map(this.#known)
    const stored = new Map((await ask()).map((position) => [keyOf(position), position]))
    return [...before].some(([key, { logId, seq }]) => {
      const found = stored.get(key)
      return found === undefined || found.logId !== logId || found.seq < seq
    })
  }
}

const keyOf = ({ topic, partition }: PartitionRef) => `${topic}/${partition}`
const positionIn = ({ logId, seq, eventId }: Position): Position => ({ logId, seq, eventId })
