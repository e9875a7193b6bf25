// A single event is sent at once; the next one waits for this at least.
const leastRestMs = 2
// Under load a turn carries what was recorded meanwhile. Shorter, and turns of few events cost the broker and the database (each flushes
// the marks) a tenth of what a command costs in all; longer, and an event is late.
const mostRestMs = 50
const restMsPerEvent = 0.5

/**
 * How long the relay rests after it sent so many events and before it looks for more. The rest grows with what a turn carries: at
 * hundreds of events a second it is some milliseconds, from about 1,500 on it is the longest.
 */
export const restAfter = (events: number): number => Math.min(mostRestMs, leastRestMs + restMsPerEvent * events)

// Events that another process recorded are found within this time if nothing is going on.
const mostPollMs = 250
const leastPollMs = 10

/** How long the relay waits for news after so many looks that found nothing, since it found what nobody had told of. */
export const pollAfter = (emptyLooks: number): number => Math.min(mostPollMs, leastPollMs * 2 ** emptyLooks)
