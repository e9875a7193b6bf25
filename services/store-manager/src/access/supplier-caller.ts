import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Caller } from '@magasin/service-kit/access'
import type { CallerRole } from './caller-role.ts'

const role: CallerRole = 'supplier'

/** A supplier who calls: no user, but with a budget of requests like one, since it is somebody else's program. */
export function supplierCaller(name: string): Caller {
  return { id: `supplier:${name}`, role, userId: null, isLimited: true }
}

/** Throws INPUT_INVALID for a name that would not be the same in a log, a list and an id. */
export function checkSupplierName(name: string): string {
  if (/^[a-z\d](?:[a-z\d-]{0,62}[a-z\d])?$/.test(name)) return name
  throw new MagasinError(
    'INPUT_INVALID',
    `${JSON.stringify(name)} is no supplier's name: use 1 to 64 of a-z, 0-9 and hyphens inside, such as acme-toys`,
  )
}
