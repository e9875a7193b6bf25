import { consistencyHeaders } from '@magasin/host/consistency-token'
import { readModelRefusals, type ReadSide } from '@magasin/host/read-side'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { amountOf } from '@magasin/shop-contracts/money'
import Type from 'typebox'
import { amountSchema } from '../http/schemas.ts'

// As many as the lab's.
const atMost = 10

const tags = ['orders']
const access = { roles: ['employee', 'manager'] } as const
const later =
  'From the read models: what was just ordered may be missing, unless the request carries the `Consistency-Token` that the order was answered with. Without them 503, with `Retry-After`.'

/** The reports over all orders. Cancelled ones do not count. */
export function registerOrderReports(server: HttpServer, readSide: ReadSide): void {
  registerHighestSpenders(server, readSide)
  registerBestSellers(server, readSide)
}

function registerHighestSpenders(server: HttpServer, readSide: ReadSide): void {
  server.get(
    '/orders/reports/highest-spenders',
    {
      config: {
        access,
        refuses: readModelRefusals,
      },
      schema: {
        tags,
        summary: 'Who ordered for the most',
        description: `The ten users, the highest first. ${later}`,
        headers: consistencyHeaders,
        response: {
          200: Type.Array(Type.Object({ user_id: Type.Integer(), total_expense: amountSchema }), {
            examples: [[{ user_id: 1, total_expense: 79.8 }]],
          }),
        },
      },
    },
    async (request) => {
      const reader = await readSide.asSeenBy(request)
      const spenders = await reader.top('spent', atMost)
      return spenders.map(({ member, score }) => ({ user_id: member, total_expense: amountOf(score) }))
    },
  )
}

function registerBestSellers(server: HttpServer, readSide: ReadSide): void {
  server.get(
    '/orders/reports/best-sellers',
    {
      config: {
        access,
        refuses: readModelRefusals,
      },
      schema: {
        tags,
        summary: 'What is ordered most',
        description: `The ten products, the most units first. ${later}`,
        headers: consistencyHeaders,
        response: {
          200: Type.Array(Type.Object({ product_id: Type.Integer(), quantity_sold: Type.Integer() }), {
            examples: [[{ product_id: 1, quantity_sold: 2 }]],
          }),
        },
      },
    },
    async (request) => {
      const reader = await readSide.asSeenBy(request)
      const sellers = await reader.top('sold', atMost)
      return sellers.map(({ member, score }) => ({ product_id: member, quantity_sold: score }))
    },
  )
}
