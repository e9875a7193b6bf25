import type { Catalogue } from '@magasin/contracts/catalogue'
import type { ReadModelReader } from '@magasin/read-models/read-model-store'
import { waitUntilSeen } from '@magasin/read-models/wait-until-seen'
import { consistencyTokenHeader, decodeConsistencyToken } from './consistency-token.ts'

/** Read models to a request: what to ask, and how long it may have to wait for what its caller did. */
export interface ReadSide {
  readonly catalogue: Catalogue
  /** What the read models are projected from. */
  readonly topics: readonly string[]
  readonly reader: ReadModelReader
}

// Longer than a projection takes, and far shorter than the deadline of a request.
const withinMs = 2_000

/**
 * Waits until the read models have seen the command whose token a request carries; not at all without one. Topics from which they are
 * not projected do not matter. Throws INPUT_INVALID for what is no token, READ_MODELS_BEHIND after two seconds, and as the reader does.
 */
export async function seeOwnWrites(
  headers: Readonly<Record<string, unknown>>,
  { catalogue, topics, reader }: ReadSide,
): Promise<void> {
  const token = headers[consistencyTokenHeader]
  if (typeof token !== 'string') return
  const positions = decodeConsistencyToken(catalogue, token).filter(({ topic }) => topics.includes(topic))
  await waitUntilSeen(reader, positions, withinMs)
}
