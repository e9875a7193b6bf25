import Type from 'typebox'
import type { Health, HealthReport } from '../health.ts'
import type { Metrics } from '../metrics.ts'
import type { HttpServer } from './http-server.ts'

const tags = ['operation']
const config = { access: 'public' } as const

/** The public routes for those who operate a service: /health-check, /ready, /metrics. */
export function registerOperationRoutes(
  server: HttpServer,
  { health, metrics }: { readonly health: Health; readonly metrics: Metrics },
): void {
  registerHealthRoutes(server, health)
  registerMetricsRoute(server, metrics)
}

const reportSchema = (example: HealthReport) =>
  Type.Object(
    {
      status: Type.String(),
      checks: Type.Record(Type.String(), Type.Object({ status: Type.String(), code: Type.Optional(Type.String()) })),
    },
    { examples: [example] },
  )

const reports = {
  200: reportSchema({ status: 'ready', checks: { 'database:store': { status: 'ok' } } }),
  503: reportSchema({
    status: 'unavailable',
    checks: { 'database:store': { status: 'failed', code: 'STORE_UNAVAILABLE' } },
  }),
}

/**
 * GET /health-check: the process lives, always 200 `{status:"ok"}`.
 * GET /ready: 200 `ready` or `degraded`, 503 `unavailable`; each names its checks.
 */
export function registerHealthRoutes(server: HttpServer, health: Health): void {
  const alive = { 200: Type.Object({ status: Type.Literal('ok') }, { examples: [{ status: 'ok' }] }) }
  server.get(
    '/health-check',
    { config, schema: { summary: 'Whether the process lives', tags, response: alive } },
    async () => ({ status: 'ok' as const }),
  )
  const summary = 'Whether the service can do its work, and what it lacks'
  server.get('/ready', { config, schema: { summary, tags, response: reports } }, async (_request, reply) => {
    const report = await health.report()
    return reply.code(report.status === 'unavailable' ? 503 : 200).send(report)
  })
}

/** GET /metrics, in Prometheus' text format. */
export function registerMetricsRoute(server: HttpServer, { registry }: Metrics): void {
  server.get('/metrics', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
