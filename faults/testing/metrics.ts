import { until } from './until.ts'
import type { ShopPlace } from './shop-place.ts'

/** Where numbers are asked. */
type Measured = Pick<ShopPlace, 'url'>

/** The numbers of a shop's /metrics whose name, labels included, matches. */
export async function readMetrics({ url }: Measured, name: RegExp): Promise<readonly number[]> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const samples = text.split('\n').filter((line) => !line.startsWith('#') && name.test(line))
  return samples.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
}

/** Waits until Coolriel has handled every event. */
export async function untilCaughtUp(place: Measured): Promise<void> {
  await until('Coolriel has handled every event', async () => {
    const lags = await readMetrics(place, /^magasin_subscriber_lag\{/)
    return lags.length > 0 && lags.every((lag) => lag === 0)
  })
}

/** How many events Coolriel has handled since the shop was started. */
export async function handledEvents(place: Measured): Promise<number> {
  const counts = await readMetrics(place, /^magasin_subscriber_events_total\{.*outcome="handled"/)
  return counts.reduce((sum, count) => sum + count, 0)
}
