import type { HttpServer } from '@magasin/service-kit/http-server'
import { amountOf } from '@magasin/shop-contracts/money'
import Type from 'typebox'
import { nextLink, pageRequest } from '../http/pages.ts'
import { amountSchema, maxPage, pageQuery } from '../http/schemas.ts'
import type { Store } from '../open-store.ts'
import { listStocked } from './stocked-products.ts'

// The lab's clients read exactly these names, and an array without a `next` beside it.
const reportSchema = Type.Array(
  Type.Object({
    Article: Type.String(),
    'Numéro SKU': Type.String(),
    'Prix unitaire': amountSchema,
    'Unités en stock': Type.Integer({ minimum: 0, description: 'how many can be sold' }),
  }),
  {
    examples: [[{ Article: 'Desk lamp', 'Numéro SKU': 'DL90210', 'Prix unitaire': 39.9, 'Unités en stock': 40 }]],
    headers: { link: { type: 'string', description: 'where the next page is, if there is one' } },
  },
)

/** The report of all products with their stock. */
export function registerStockOverview(server: HttpServer, { database }: Pick<Store, 'database'>): void {
  server.get(
    '/stocks/reports/overview-stocks',
    {
      config: { access: { roles: ['employee', 'manager', 'supplier'] } },
      schema: {
        tags: ['stock'],
        summary: 'Report all products with their stock, by product id',
        description: 'If there are more, the header `Link` leads to them, with `rel="next"`: relative to this address.',
        querystring: pageQuery({}, { limit: maxPage }),
        response: { 200: reportSchema },
      },
    },
    async ({ query }, reply) => {
      const request = pageRequest({ limit: maxPage, ...query })
      const { rows, next } = await listStocked(database.reader, request)
      if (next !== null) reply.header('link', nextLink(request, next))
      return rows.map(({ name, sku, price_cents, quantity }) => ({
        Article: name,
        'Numéro SKU': sku,
        'Prix unitaire': amountOf(price_cents),
        'Unités en stock': quantity,
      }))
    },
  )
}
