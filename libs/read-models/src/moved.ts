import { MagasinError } from '@magasin/contracts/magasin-error'

/** Somebody else changed what a writer believed, or the store was put back. */
export const moved = (what: string) => new MagasinError('POSITION_MOVED', `${what}: the projector asks where it is`)
