import { runCommand, onceOnlyHeaders } from '@magasin/host/run-command'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { InputError } from '@magasin/service-kit/input-error'
import { amountOf, centsOf } from '@magasin/shop-contracts/money'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { callerRoles } from '../access/caller-role.ts'
import { pageRequest } from '../http/pages.ts'
import { deletedSchema, idParams, pageQuery, pageSchema } from '../http/schemas.ts'
import type { Store } from '../open-store.ts'
import { createProduct } from './create-product.ts'
import { deleteProduct } from './delete-product.ts'
import type { Product } from './product.ts'
import { getProduct, listProducts } from './queries.ts'
import { createProductBody, productCreated, productSchema } from './schemas.ts'

const tags = ['products']

/** The routes of the products. */
export function registerProductRoutes(server: HttpServer, store: Pick<Store, 'database' | 'events'>): void {
  registerCreate(server, store)
  registerDelete(server, store)
  registerQueries(server, store)
}

function registerCreate(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.post(
    '/products',
    {
      config: { access: { roles: ['employee', 'manager'] }, refuses: [shopErrors.SKU_TAKEN] },
      schema: {
        tags,
        summary: 'Create a product',
        description: 'There is none of it in stock until `POST /stocks` says how many there are.',
        headers: onceOnlyHeaders,
        body: createProductBody,
        response: { 201: productCreated },
      },
    },
    async (request, reply) => {
      const { name, sku, price } = request.body
      const price_cents = centsOf(price)
      if (price_cents === undefined) throw new InputError([{ field: 'price', message: 'has more than two decimals' }])
      const answer = await runCommand(events, createProduct({ name, sku, price_cents }), { request, reply })
      return reply.code(201).header('location', `/products/${answer.product_id}`).send(answer)
    },
  )
}

function registerDelete(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.delete(
    '/products/:id',
    {
      config: { access: { roles: ['manager'] }, refuses: [shopErrors.PRODUCT_NOT_FOUND, shopErrors.PRODUCT_RESERVED] },
      schema: {
        tags,
        summary: 'Delete a product',
        description:
          'Its stock goes with it, and its SKU is free again. Orders keep the name and the price of their moment. Refused while an open order has reserved some of it. A product that is not there is answered with 404 and `deleted: false`.',
        headers: onceOnlyHeaders,
        params: idParams,
        response: { 200: deletedSchema },
      },
    },
    async (request, reply) => runCommand(events, deleteProduct(request.params.id), { request, reply }),
  )
}

function registerQueries(server: HttpServer, { database }: Pick<Store, 'database'>): void {
  server.get(
    '/products',
    {
      config: { access: { roles: callerRoles } },
      schema: {
        tags,
        summary: 'List products, by id',
        querystring: pageQuery(),
        response: { 200: pageSchema('products', productSchema) },
      },
    },
    async ({ query }) => {
      const { rows, next } = await listProducts(database.reader, pageRequest(query))
      return { products: rows.map(shown), next }
    },
  )
  server.get(
    '/products/:id',
    {
      config: { access: { roles: callerRoles }, refuses: [shopErrors.PRODUCT_NOT_FOUND] },
      schema: { tags, summary: 'Read a product', params: idParams, response: { 200: productSchema } },
    },
    async ({ params }) => shown(await getProduct(database.reader, params.id)),
  )
}

function shown({ id, name, sku, price_cents }: Product) {
  return { id, name, sku, price: amountOf(price_cents) }
}
