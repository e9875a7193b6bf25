import { onceOnlyHeaders, runCommand } from '@magasin/host/run-command'
import type { ReadSide } from '@magasin/host/read-side'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { callerRoles } from '../access/caller-role.ts'
import { pageRequest } from '../http/pages.ts'
import { pageQuery, pageSchema } from '../http/schemas.ts'
import type { Store } from '../open-store.ts'
import { registerStockGraphql } from './graphql/routes.ts'
import { registerStockOverview } from './overview.ts'
import { getStock, listStock } from './queries.ts'
import { levelSchema, productIdParams, setStockBody, stockSet } from './schemas.ts'
import { setStock } from './set-stock.ts'

const tags = ['stock']

/** The routes of the stock. */
export function registerStockRoutes(
  server: HttpServer,
  store: Pick<Store, 'database' | 'events'>,
  readSide: ReadSide,
): void {
  registerSet(server, store)
  registerQueries(server, store)
  registerStockOverview(server, store)
  registerStockGraphql(server, readSide)
}

function registerSet(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.post(
    '/stocks',
    {
      config: { access: { roles: ['employee', 'manager'] }, refuses: [shopErrors.PRODUCT_NOT_FOUND] },
      schema: {
        tags,
        summary: 'Set how many of a product can be sold',
        description: 'The level from now on, not a movement. What open orders have reserved stays theirs.',
        headers: onceOnlyHeaders,
        body: setStockBody,
        response: { 201: stockSet },
      },
    },
    async (request, reply) => {
      const { product_id, quantity } = request.body
      const answer = await runCommand(events, setStock(product_id, quantity), { request, reply })
      return reply.code(201).send(answer)
    },
  )
}

function registerQueries(server: HttpServer, { database }: Pick<Store, 'database'>): void {
  server.get(
    '/stocks',
    {
      config: { access: { roles: ['employee', 'manager', 'supplier'] } },
      schema: {
        tags,
        summary: 'List what can be sold, by product',
        querystring: pageQuery(),
        response: { 200: pageSchema('stocks', levelSchema) },
      },
    },
    async ({ query }) => {
      const { rows, next } = await listStock(database.reader, pageRequest(query))
      return { stocks: rows, next }
    },
  )
  server.get(
    '/stocks/:product_id',
    {
      config: { access: { roles: callerRoles }, refuses: [shopErrors.PRODUCT_NOT_FOUND] },
      schema: {
        tags,
        summary: 'Read how many of a product can be sold',
        params: productIdParams,
        response: { 200: levelSchema },
      },
    },
    async ({ params }) => getStock(database.reader, params.product_id),
  )
}
