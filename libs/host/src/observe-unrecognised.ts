import type { Logger } from '@magasin/service-kit/logger'
import { addCounter, type Metrics } from '@magasin/service-kit/metrics'

export interface UnrecognisedOptions {
  readonly logger: Logger
  readonly metrics: Metrics
  /** How many were passed over, in the partitions that are followed now. */
  readonly unrecognised: () => number
}

const lookMs = 5_000

/** Counts the records of a log that are not of our making, and says so once: somebody else writes into the topic. */
export function observeUnrecognised(options: UnrecognisedOptions): { stop(): void } {
  const { logger, metrics, unrecognised } = options
  let counted = 0
  const look = () => {
    const found = unrecognised()
    if (found <= counted) return
    if (counted === 0)
      logger.warn({ found }, 'the topic holds records that are not of our making; they are passed over')
    counter.inc(found - counted)
    counted = found
  }
  const counter = addCounter(metrics, {
    name: 'magasin_log_foreign_records_total',
    help: 'Records of the log that were passed over because they are not of our making',
    collect: look,
  })
  const timer = setInterval(look, lookMs).unref()
  return { stop: () => clearInterval(timer) }
}
