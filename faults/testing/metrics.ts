import { readSamples } from '../../tools/testing/read-metric.ts'
import { until } from '../../tools/testing/until.ts'

/** Where numbers are asked. */
interface Measured {
  readonly url: string
}

/** Waits until Coolriel has handled every event. */
export async function untilCaughtUp(shop: Measured): Promise<void> {
  await until('Coolriel has handled every event', async () => {
    const lags = await readSamples(shop, /^magasin_subscriber_lag\{/)
    return lags.length > 0 && lags.every((lag) => lag === 0)
  })
}

/** How many events Coolriel has handled since the shop was started. */
export async function handledEvents(shop: Measured): Promise<number> {
  const counts = await readSamples(shop, /^magasin_subscriber_events_total\{.*outcome="handled"/)
  return counts.reduce((sum, count) => sum + count, 0)
}
