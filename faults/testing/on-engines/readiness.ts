import { until } from '../../../tools/testing/until.ts'
import type { Service } from './service.ts'

export type Readiness = 'ready' | 'degraded' | 'unavailable'

/** What a service says of itself, with the HTTP status that says so too: `200 ready`, `200 degraded`, `503 unavailable`. */
export async function readinessOf({ url }: Pick<Service, 'url'>): Promise<string> {
  const response = await fetch(`${url}/ready`)
  const { status } = (await response.json()) as { readonly status: string }
  return `${response.status} ${status}`
}

/** Waits until all of these say so. */
export async function untilAll(services: readonly Service[], readiness: Readiness, deadlineMs = 60_000): Promise<void> {
  const expected = `${readiness === 'unavailable' ? 503 : 200} ${readiness}`
  for (const service of services) {
    let last = ''
    const says = async () => (last = await readinessOf(service)) === expected
    await until(`${service.name} says ${expected}`, says, { deadlineMs }).catch((cause: unknown) => {
      throw new Error(`${service.name} says ${last} instead of ${expected}:\n${service.output()}`, { cause })
    })
  }
}
