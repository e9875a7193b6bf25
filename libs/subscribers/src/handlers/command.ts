import type { DecodedEvent, DomainEvent } from '@magasin/contracts/event-record'
import type { Command } from '@magasin/event-store/command'

/** A handler that answers an event with a command of the service's own store. */
export interface CommandHandler<Event extends DomainEvent> {
  readonly kind: 'command'
  readonly answer: (event: DecodedEvent<Event>) => Command<unknown> | undefined
}

/**
 * Makes a handler that answers an event with a command of the service's own store, or with nothing. Guarantees, one per line:
 * - the command is carried out once, however often the event is delivered: the position moves in the command's own transaction,
 *   so the subscriber's database must be the store's;
 * - its events say by which event they were caused, and carry that event's trace context;
 * - the event of a command that is refused is parked with the reason, and nothing of the command is there;
 * - events of one partition are answered one after the other, in order.
 * `answer` may be called more often than once for an event, so it must have no effect.
 */
export function command<Event extends DomainEvent>(answer: CommandHandler<Event>['answer']): CommandHandler<Event> {
  if (typeof answer !== 'function') throw new TypeError('command(…) takes a function')
  return { kind: 'command', answer }
}
