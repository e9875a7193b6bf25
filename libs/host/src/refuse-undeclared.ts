import type { Catalogue } from '@magasin/contracts/catalogue'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { topicsOf } from '@magasin/subscribers/subscription'
import type { Part } from './part.ts'

// `doctor`, `parked`, `backup` and `log describe` see of a service what its part declares: what it does besides, they would pass over.

/** Throws INTERNAL if a part that publishes does not declare that it holds events. */
export function refuseUndeclaredEvents({ name, holds }: Part): void {
  if (!holds.events) throw undeclared(name, 'publishes events', 'holds: { events: true }')
}

/** Throws INTERNAL if a part that subscribes does not declare that it holds positions, or to which topics. */
export function refuseUndeclaredTopics(
  { name, holds, follows }: Part,
  subscriptions: readonly Parameters<typeof topicsOf>[0][],
  catalogue: Catalogue,
): void {
  if (!holds.positions) throw undeclared(name, 'subscribes to events', 'holds: { positions: true }')
  for (const topic of subscriptions.flatMap((one) => topicsOf(one, catalogue)))
    if (!follows.includes(topic)) throw undeclared(name, `subscribes to ${topic}`, `follows: ['${topic}']`)
}

function undeclared(name: string, does: string, declaration: string): MagasinError {
  return new MagasinError('INTERNAL', `${name} ${does}: put \`${declaration}\` into its part, so that operators see it`)
}
