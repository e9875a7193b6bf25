import type { PartitionRef, Position } from '@magasin/event-log/event-log'
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

export interface KeyedRecord {
  readonly key: number
  readonly fields: Readonly<Record<string, Cell>>
}

export interface PageRequest {
  /** Records whose indexed field is at most this. */
  readonly upTo: number
  /** The last record of the page before, by its indexed field and its key. */
  readonly after?: { readonly value: number; readonly key: number }
  readonly atMost: number
}

/**
 * One generation of read models, as a projector fills it. Guarantees, one per line:
 * - `apply` moves all positions of a batch and carries out all its steps, or does nothing;
 * - a batch of which one `from` is not the position changes nothing and rejects with POSITION_MOVED;
 * - scores and numbers are exact between -(2^53 - 1) and 2^53 - 1.
 */
export interface GenerationWriter {
  apply(batch: Batch): Promise<void>
  positions(): Promise<readonly (PartitionRef & Position)[]>
}

/**
 * What readers ask of the current generation. Guarantees, one per line:
 * - an answer is of one generation, the old or the new, never half;
 * - `top` has the highest score first, among equals the lowest member, in every adapter;
 * - `record` and `pageOf` show a record only if it has every field that its definition requires;
 * - `top` and `pageOf` cost what they answer, never what is stored;
 * - each rejects with READ_MODELS_NOT_READY while there is no generation, READ_MODELS_UNAVAILABLE if the store does not answer in time.
 */
export interface ReadModelReader {
  top(ranking: string, atMost: number): Promise<readonly Ranked[]>
  record(name: string, key: number): Promise<KeyedRecord | undefined>
  pageOf(index: string, request: PageRequest): Promise<readonly KeyedRecord[]>
}
