import { onceOnlyHeaders, runCommand } from '@magasin/host/run-command'
import type { ReadSide } from '@magasin/host/read-side'
import { bodyUser, queryUser } from '@magasin/service-kit/access'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { InputError } from '@magasin/service-kit/input-error'
import { maxUnits } from '@magasin/shop-contracts/families/orders'
import { amountOf } from '@magasin/shop-contracts/money'
import type { FastifyRequest } from 'fastify'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { pageRequest } from '../http/pages.ts'
import { deletedSchema, idParams, pageSchema } from '../http/schemas.ts'
import type { Store } from '../open-store.ts'
import { cancelOrder } from './cancel-order.ts'
import { OrderStatus, summed, type Order, type OrderLine } from './order.ts'
import { leaveUnpaid } from './leave-unpaid.ts'
import { payOrder } from './pay-order.ts'
import { placeOrder } from './place-order.ts'
import { customerOf, getOrder, listOrders } from './queries.ts'
import { registerOrderReports } from './reports.ts'
import { orderPageQuery, orderPlaced, orderSchema, orderUpdated, placeOrderBody, updateOrderBody } from './schemas.ts'

const tags = ['orders']

// They may all of it, and a client what is its own.
const staff = ['employee', 'manager']

/** The routes of the orders. */
export function registerOrderRoutes(
  server: HttpServer,
  store: Pick<Store, 'database' | 'events'>,
  readSide: ReadSide,
): void {
  registerPlace(server, store)
  registerUpdate(server, store)
  registerCancel(server, store)
  registerQueries(server, store)
  registerOrderReports(server, readSide)
}

function registerPlace(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.post(
    '/orders',
    {
      config: {
        access: { roles: staff, ownOf: bodyUser('user_id') },
        refuses: [
          shopErrors.USER_NOT_FOUND,
          shopErrors.PRODUCT_NOT_FOUND,
          shopErrors.STOCK_INSUFFICIENT,
          shopErrors.ORDER_TOO_LARGE,
        ],
      },
      schema: {
        tags,
        summary: 'Place an order',
        description:
          'Its stock is reserved with it, or it is refused: 409 `STOCK_INSUFFICIENT` says what is left of each product that is `short`. It keeps the names and prices of its moment. Clients place their own orders.',
        headers: onceOnlyHeaders,
        body: placeOrderBody,
        response: { 201: orderPlaced },
      },
    },
    async (request, reply) => {
      const { user_id, items } = request.body
      const answer = await runCommand(events, placeOrder(user_id, linesOf(items)), { request, reply })
      return reply.code(201).header('location', `/orders/${answer.order_id}`).send(answer)
    },
  )
}

function registerUpdate(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.put(
    '/orders',
    {
      config: {
        access: { roles: staff },
        refuses: [shopErrors.ORDER_NOT_FOUND, shopErrors.ORDER_CANCELLED, shopErrors.ORDER_PAID],
      },
      schema: {
        tags,
        summary: 'Say that an order is paid',
        description: 'Said again it changes nothing. A cancelled order cannot be paid, and what is paid stays paid.',
        headers: onceOnlyHeaders,
        body: updateOrderBody,
        response: { 200: orderUpdated },
      },
    },
    async (request, reply) => {
      const { order_id, is_paid } = request.body
      return runCommand(events, is_paid ? payOrder(order_id) : leaveUnpaid(order_id), { request, reply })
    },
  )
}

function registerCancel(server: HttpServer, { database, events }: Pick<Store, 'database' | 'events'>): void {
  const customer = ownerBy(database)
  server.delete(
    '/orders/:id',
    {
      config: {
        access: { roles: staff, ownOf: customer },
        refuses: [shopErrors.ORDER_NOT_FOUND, shopErrors.ORDER_CANCELLED, shopErrors.ORDER_PAID],
      },
      schema: {
        tags,
        summary: 'Cancel an order',
        description:
          'Clients cancel their own. Its stock is given back, once. The order stays readable, as cancelled. A paid order cannot be cancelled. Whatever is refused has `deleted: false`.',
        headers: onceOnlyHeaders,
        params: idParams,
        response: { 200: deletedSchema },
      },
    },
    async (request, reply) => runCommand(events, cancelOrder(request.params.id), { request, reply }),
  )
}

function registerQueries(server: HttpServer, { database }: Pick<Store, 'database'>): void {
  const customer = ownerBy(database)
  server.get(
    '/orders',
    {
      config: { access: { roles: staff, ownOf: queryUser('user_id'), ownHint: 'send your own user_id' } },
      schema: {
        tags,
        summary: 'List orders, by id',
        description:
          'Of one user, of one status, or both. A client lists its own: it sends its `user_id`. A page of long orders may be shorter than asked for: `next` says whether there are more.',
        querystring: orderPageQuery,
        response: { 200: pageSchema('orders', orderSchema) },
      },
    },
    async ({ query }) => {
      const { rows, next } = await listOrders(database.reader, pageRequest(query), query)
      return { orders: rows.map(shown), next }
    },
  )
  server.get(
    '/orders/:id',
    {
      config: { access: { roles: staff, ownOf: customer }, refuses: [shopErrors.ORDER_NOT_FOUND] },
      schema: {
        tags,
        summary: 'Read an order',
        description: 'A client reads its own.',
        params: idParams,
        response: { 200: orderSchema },
      },
    },
    async ({ params }) => shown(await getOrder(database.reader, params.id)),
  )
}

/** Whose the order in the path is. */
function ownerBy({ reader }: Store['database']): (request: FastifyRequest) => Promise<number | undefined> {
  return ({ params }) => customerOf(reader, (params as { readonly id: number }).id)
}

/** One line a product. Throws INPUT_INVALID if those of one product come to more units than an order may have. */
function linesOf(items: readonly OrderLine[]): readonly OrderLine[] {
  const lines = summed(items)
  const tooMany = lines.filter(({ quantity }) => quantity > maxUnits)
  const message = `come to more than ${maxUnits} units of one product`
  if (tooMany.length > 0) throw new InputError([{ field: 'items', message }])
  return lines
}

function shown({ id, user_id, total_cents, items, status }: Order) {
  return {
    id,
    user_id,
    total_amount: amountOf(total_cents),
    items: items.map(({ unit_price_cents, ...item }) => ({ ...item, unit_price: amountOf(unit_price_cents) })),
    // Nobody takes payments yet.
    payment_link: null,
    is_paid: status === OrderStatus.paid,
    status,
  }
}
