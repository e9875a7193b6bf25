import type { DecodedEvent, DomainEvent } from '@magasin/contracts/event-record'

export interface OutsideContext {
  /**
   * Aborts when the handler is over its limit, when the subscriber stops, or when the partition is lost to another member before the
   * effect is set aside. A handler that then rejects is called again, by the next owner. One that does not end within some 2 s is left alone.
   */
  readonly signal: AbortSignal
}

/** A handler whose effect is outside of any database of ours: a letter, a call of another service. */
export interface OutsideHandler<Event extends DomainEvent> {
  readonly kind: 'outside'
  readonly handle: (event: DecodedEvent<Event>, context: OutsideContext) => Promise<void>
  readonly effectsPerPosition: number
  readonly setAsideAfterMs: number
  readonly limitMs: number
}

export interface OutsideOptions {
  /**
   * How many effects of a partition may be under way at once and share one write of the position. So many are repeated after a crash
   * at the worst moment: 1, the default, where somebody would see a repeat; 50 for files, which are the same files again.
   */
  readonly effectsPerPosition?: number
  /** After so long the other streams of the partition go on without it. Default 2 000. */
  readonly setAsideAfterMs?: number
  /** After so long it is given up: its signal aborts, and its event is parked (HANDLER_TIMED_OUT). Default 120 000. */
  readonly limitMs?: number
}

/**
 * Makes a handler whose effect is outside: no transaction is open while it works. Guarantees, one per line:
 * - the effect is never lost: the position moves after it;
 * - an effect that was done is repeated only after a crash, if its partition was lost or the subscriber stopped just then, or by a
 *   process that slept and woke too late, so it must be recognisable;
 * - events of one stream come one after the other, in order; those of other streams may come side by side;
 * - a handler that ends when its signal aborts keeps that order in a rebalance, too. One that does not may, for as long as it goes on,
 *   overlap with the same event and later ones of its stream at the next owner, unless it was set aside before;
 * - a slow effect is set aside: its stream waits for it, all others go on, and it is not begun again for that;
 * - an effect that was under way in a crash is done again by whoever reads the partition next.
 */
export function outside<Event extends DomainEvent>(
  handle: OutsideHandler<Event>['handle'],
  { effectsPerPosition = 1, setAsideAfterMs = 2_000, limitMs = 120_000 }: OutsideOptions = {},
): OutsideHandler<Event> {
  if (typeof handle !== 'function') throw new TypeError('outside(…) takes a function')
  return { kind: 'outside', handle, effectsPerPosition, setAsideAfterMs, limitMs }
}
