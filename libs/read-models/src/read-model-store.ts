import type { PartitionRef, PlacedPosition, Position } from '@magasin/event-log/event-log'
import type { Cell, Step } from './step.ts'

/** The steps of the next records of some partitions, and how the positions move with them. */
export interface Batch {
  readonly moves: readonly (PartitionRef & { readonly from: Position | null; readonly to: Position })[]
  readonly steps: readonly Step[]
}

export interface Ranked {
  readonly member: number
  readonly score: number
}

export interface Document {
  readonly key: number
  readonly fields: Readonly<Record<string, Cell>>
}

export interface PageRequest {
  /** Documents whose indexed field is at most this. */
  readonly upTo: number
  /** The last document of the page before, by its indexed field and its key. */
  readonly after?: { readonly value: number; readonly key: number }
  readonly atMost: number
}

/**
 * One generation of read models, as a projector fills it. Guarantees, one per line:
 * - `apply` moves all positions of a batch and carries out all its steps, or does nothing;
 * - a batch of which one `from` is not the position changes nothing and rejects with POSITION_MOVED;
 * - so does a batch for a generation that was dropped;
 * - scores and numbers are exact between -(2^53 - 1) and 2^53 - 1, and a score stops there.
 */
export interface GenerationWriter {
  readonly generation: number
  apply(batch: Batch): Promise<void>
  positions(): Promise<readonly PlacedPosition[]>
}

/**
 * What readers ask of the current generation. Guarantees, one per line:
 * - an answer is of one generation, the old or the new, never half;
 * - `top` has the highest score first, among equals the lowest member, in every adapter;
 * - `pageOf` has the lowest value first, among equals the lowest key;
 * - `document` and `pageOf` show a document only if it has every field that its definition requires;
 * - `top` and `pageOf` cost what they answer, never what is stored;
 * - each rejects with READ_MODELS_NOT_READY while there is no generation, READ_MODELS_UNAVAILABLE if the store does not answer in time.
 */
export interface ReadModelReader {
  top(ranking: string, atMost: number): Promise<readonly Ranked[]>
  document(name: string, key: number): Promise<Document | undefined>
  pageOf(index: string, request: PageRequest): Promise<readonly Document[]>
  /** How far the current generation is. */
  positions(): Promise<readonly PlacedPosition[]>
}

export interface GenerationStatus {
  readonly generation: number
  /** Of the definition that it is built by. */
  readonly fingerprint: string
  /** How many events it has. */
  readonly events: number
}

export interface ReadModelStatus {
  /** What readers see; null before the first build is done. */
  readonly current: GenerationStatus | null
  /** What is being built. */
  readonly shadow: GenerationStatus | null
  /** How often a rebuild was asked for, and how many of these requests the current generation answers. */
  readonly rebuilds: { readonly requested: number; readonly answered: number }
  /** Who has the lease; null if nobody has. */
  readonly projector: string | null
}

/**
 * Where read models are kept. Guarantees, one per line:
 * - `begin` drops the shadow that there is, and makes an empty one that no reader sees;
 * - `swap` makes the shadow current in one step and drops the generation of before, or rejects with POSITION_MOVED if it is not the shadow;
 * - a swapped generation answers the rebuilds that were requested before its `begin`, and none that came later;
 * - a lease has one holder at a time, by the clock of the store; its holder renews it by asking again;
 * - a lease that would last longer than anybody may ask for is not believed: the clock was put back.
 * The lease saves double work and proves nothing: what keeps two projectors apart is `apply`.
 */
export interface ReadModelStore extends ReadModelReader {
  begin(fingerprint: string): Promise<GenerationWriter>
  /** The writer of the current generation. */
  current(): Promise<GenerationWriter | undefined>
  swap(generation: number): Promise<void>
  /** Asks whoever projects to build all anew; readers see the old generation until then. */
  requestRebuild(): Promise<void>
  status(): Promise<ReadModelStatus>
  /** Resolves with whether `holder` has the lease from now on for `forMs`. */
  lease(holder: string, forMs: number): Promise<boolean>
  /** Lets go of the lease, if `holder` has it. */
  release(holder: string): Promise<void>
  /** Rejects unless the store can be read now. */
  check(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}
