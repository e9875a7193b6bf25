import type { EventRecord } from '@magasin/contracts/event-record'
import type { Offsets } from '../cluster.ts'

/** A record of a partition, as it was found. */
export interface FoundRecord {
  readonly offset: number
  /** Undefined for one that is not of our making. */
  readonly record: EventRecord | undefined
}

/** What a fetch found. */
export interface FoundPage extends Offsets {
  readonly found: readonly FoundRecord[]
  /** The offset at which the next fetch begins. */
  readonly next: number
  /** The offset that was asked for is not there (any more): `next` is the first that is. */
  readonly isOutOfRange: boolean
}

/** Reads pages of the partition, one after the other. */
export interface PageReader {
  fetch(offset: number, options?: { readonly waitMs?: number }): Promise<FoundPage>
  close(): Promise<void>
}
