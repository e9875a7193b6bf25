import type { EventStore } from '@magasin/event-store/event-store'
import type { Logger } from '@magasin/service-kit/logger'

// Remembered answers are kept a day; looking once an hour keeps the table within a twentieth of what it must hold.
const sweepMs = 3_600_000

/** Has a store forget, every hour, the answers whose day is over. */
export function forgetAnswersHourly(events: EventStore, logger: Logger): NodeJS.Timeout {
  return setInterval(() => {
    events
      .forgetOldAnswers()
      .catch((err: unknown) => logger.warn({ err }, 'old answers could not be forgotten; trying again'))
  }, sweepMs).unref()
}
