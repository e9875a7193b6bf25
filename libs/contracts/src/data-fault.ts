import type { TLocalizedValidationError } from 'typebox/error'

/** Why data does not fit the schema of its event. Names the field, and never what it holds. */
export interface DataFault {
  /** Empty if it is the data as a whole. */
  readonly field: string
  /** A sentence. */
  readonly says: string
}

/** The first of the errors that a validator found; undefined if it found none. */
export function dataFaultOf(type: string, errors: readonly TLocalizedValidationError[]): DataFault | undefined {
  const [first] = errors
  if (first === undefined) return undefined
  const field = first.instancePath.slice(1)
  // What the validator says of a field that the schema does not name: "schema is false".
  if (first.keyword === 'boolean') return { field, says: `${field} is no field of ${type}` }
  return { field, says: `${type}: ${field === '' ? 'the data' : `field ${field}`} ${first.message}` }
}
