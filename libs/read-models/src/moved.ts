import { MagasinError } from '@magasin/contracts/magasin-error'

/** A generation is not where its writer believes it to be: somebody else moved it, it was dropped, or the store was put back. */
export const moved = (what: string) => new MagasinError('POSITION_MOVED', `${what}: the projector asks where it is`)
