import { isMagasinError, MagasinError } from '@magasin/contracts/magasin-error'

/** Tells a fault of the file as one of the read models: the shop's own store is another database. */
export async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!isMagasinError(error, 'STORE_UNAVAILABLE') && !isMagasinError(error, 'DATABASE_DAMAGED')) throw error
    throw new MagasinError('READ_MODELS_UNAVAILABLE', 'the read models cannot be used now: look at their disk', {
      cause: error,
    })
  }
}
