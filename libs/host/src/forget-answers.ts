import type { EventStore } from '@magasin/event-store/event-store'
import type { Logger } from '@magasin/service-kit/logger'

// Remembered answers are kept a day; looking once an hour keeps the table within a twentieth of what it must hold.
const sweepMs = 3_600_000

/** Has a store forget the answers whose day is over: now, since it may have stood still for days, and every hour. */
export function forgetAnswersHourly(events: Pick<EventStore, 'forgetOldAnswers'>, logger: Logger): NodeJS.Timeout {
  const sweep = () =>
    void events
      .forgetOldAnswers()
      .catch((err: unknown) => logger.warn({ err }, 'old answers could not be forgotten; trying again'))
  sweep()
  return setInterval(sweep, sweepMs).unref()
}
