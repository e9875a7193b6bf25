import type { Catalogue } from '@magasin/contracts/catalogue'
import { errors } from '@magasin/contracts/errors'
import type { EventPlace } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { ReadModelReader } from '@magasin/read-models/read-model-store'
import { SeenWatch } from '@magasin/read-models/seen-watch'
import { narrowDatabase } from '@magasin/sql/narrow'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { beyondTheEnd, consistencyTokenHeader, decodeConsistencyToken } from './consistency-token.ts'

/** With which a question to read models is refused, for the reference. */
export const readModelRefusals = [
  errors.READ_MODELS_BEHIND,
  errors.READ_MODELS_NOT_READY,
  errors.READ_MODELS_UNAVAILABLE,
]

export interface ReadSideOptions<Tables extends EventStoreTables> {
  readonly catalogue: Catalogue
  /** What the read models are projected from. */
  readonly topics: readonly string[]
  readonly reader: ReadModelReader
  /** Where those events are recorded. */
  readonly database: SqlDatabase<Tables>
}

/** What a request carries: its headers, and when nobody waits for its answer any more. */
interface Asking {
  readonly headers: Readonly<Record<string, unknown>>
  readonly deadline: AbortSignal
}

// Longer than a projection takes, and far shorter than the deadline of a request.
const withinMs = 2_000

/** Read models to requests: what to ask, and how long a request waits for what its caller did. */
export class ReadSide {
  readonly #reader: ReadModelReader
  readonly #catalogue: Catalogue
  readonly #topics: readonly string[]
  readonly #database: SqlDatabase<EventStoreTables>
  readonly #watch: SeenWatch

  constructor({ catalogue, topics, reader, database }: ReadSideOptions<EventStoreTables>) {
    this.#reader = reader
    this.#catalogue = catalogue
    this.#topics = topics
    this.#database = database
    this.#watch = new SeenWatch(reader)
  }

  /**
   * The read models, as one who asks may see them: resolves when they have seen the command whose token the request carries, at once
   * without one. Topics from which they are not projected do not matter. There is no other way to them, so that nobody forgets to wait.
   * Throws INPUT_INVALID for what is no token of this store, READ_MODELS_BEHIND after two seconds, and as the reader does.
   */
  async asSeenBy({ headers, deadline }: Asking): Promise<ReadModelReader> {
    await this.#wait(headers[consistencyTokenHeader], deadline)
    return this.#reader
  }

  async #wait(token: unknown, deadline: AbortSignal): Promise<void> {
    // An empty one is what a caller sends who has done nothing yet.
    if (typeof token !== 'string' || token === '') return
    const events = decodeConsistencyToken(this.#catalogue, token).filter(({ topic }) => this.#topics.includes(topic))
    if (events.length === 0 || (await this.#watch.hasSeen(events))) return
    if (!(await this.#areRecorded(events))) throw beyondTheEnd()
    await this.#watch.until(events, withinMs, deadline)
  }

  async #areRecorded(events: readonly EventPlace[]): Promise<boolean> {
    const counters = await this.#database.reader
      .selectFrom('partition_counters')
      .select(['topic', 'partition', 'last_seq'])
      .where('topic', 'in', [...new Set(events.map(({ topic }) => topic))])
      .execute()
    const ends = new Map(counters.map((counter) => [placeOf(counter), counter.last_seq]))
    return events.every((at) => at.seq <= (ends.get(placeOf(at)) ?? 0))
  }
}

/** A read side over the events of a store. */
export function createReadSide<Tables extends EventStoreTables>(options: ReadSideOptions<Tables>): ReadSide {
  return new ReadSide({ ...options, database: narrowDatabase<EventStoreTables, Tables>(options.database) })
}
