import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What a process counts: its own registry, so that two services in one process, or two tests, share nothing. */
export interface Metrics {
  readonly registry: Registry
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>
}

/** Metrics with those of the process (event-loop lag included) and the duration of HTTP requests. Labels never hold ids. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests by method, route pattern and status class',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return { registry, httpDuration }
}

/** What is counted, by which labels. */
export interface MetricOptions {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  /** Asked when the metrics are read, and not before; what it throws would hide every other metric. */
  readonly collect?: () => void
}

/** A count that only grows. */
export function addCounter({ registry }: Metrics, { labels = [], ...options }: MetricOptions): Counter {
  return new Counter({ ...options, labelNames: [...labels], registers: [registry] })
}

/** A number that goes up and down. */
export function addGauge({ registry }: Metrics, { labels = [], ...options }: MetricOptions): Gauge {
  return new Gauge({ ...options, labelNames: [...labels], registers: [registry] })
}
