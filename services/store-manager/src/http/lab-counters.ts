import type { HttpServer } from '@magasin/service-kit/http-server'
import { addCounter, type MetricOptions, type Metrics } from '@magasin/service-kit/metrics'
import type { onResponseHookHandler } from 'fastify'

/** What the lab's dashboards draw, under the names that its Prometheus client gives them: by method and route, what counts its successes. */
const labCounters: Readonly<Record<string, MetricOptions>> = {
  'POST /orders': { name: 'orders_total', help: 'Orders placed by this process' },
  'GET /orders/reports/highest-spenders': { name: 'highest_spenders_total', help: 'Reports of the highest spenders' },
  'GET /orders/reports/best-sellers': { name: 'best_sellers_total', help: 'Reports of the best sellers' },
}

/** Counts for the lab's dashboards: what is answered with success, once however often it is sent. Ask it before the routes are declared. */
export function countForLab(server: HttpServer, metrics: Metrics): void {
  server.addHook('onRoute', (route) => {
    const counted = labCounters[`${String(route.method)} ${route.url}`]
    if (counted === undefined) return
    const counter = addCounter(metrics, counted)
    const count: onResponseHookHandler = (_request, reply, done) => {
      if (reply.statusCode < 300 && !reply.hasHeader('idempotency-replayed')) counter.inc()
      done()
    }
    route.onResponse = [...[route.onResponse ?? []].flat(), count]
  })
}
