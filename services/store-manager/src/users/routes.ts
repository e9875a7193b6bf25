import { MagasinError } from '@magasin/contracts/magasin-error'
import { UserType } from '@magasin/shop-contracts/user-types'
import { onceOnlyHeaders, runCommand } from '@magasin/host/run-command'
import { callerOf, paramId } from '@magasin/service-kit/access'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Store } from '../open-store.ts'
import { createUser } from './create-user.ts'
import { deleteUser } from './delete-user.ts'
import { getUser, listUsers } from './queries.ts'
import { pageRequest } from '../http/pages.ts'
import { deletedSchema, idParams, pageQuery } from '../http/schemas.ts'
import { createUserBody, userCreated, userPageSchema, userSchema } from './schemas.ts'

const tags = ['users']

/** The routes of the users. */
export function registerUserRoutes(server: HttpServer, store: Pick<Store, 'database' | 'events'>): void {
  registerCreate(server, store)
  registerDelete(server, store)
  registerQueries(server, store)
}

function registerCreate(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.post(
    '/users',
    {
      config: { access: { roles: ['employee', 'manager'] }, refuses: [shopErrors.EMAIL_TAKEN] },
      schema: {
        tags,
        summary: 'Create a user',
        description: 'Employees create clients; managers create anyone. Without `user_type_id` the user is a client.',
        headers: onceOnlyHeaders,
        body: createUserBody,
        response: { 201: userCreated },
      },
    },
    async (request, reply) => {
      const { user_type_id = UserType.client, name, email } = request.body
      if (user_type_id !== UserType.client && callerOf(request).role !== 'manager')
        throw new MagasinError('FORBIDDEN', 'only a manager creates employees and managers')
      const command = createUser({ name, email, user_type_id })
      const answer = await runCommand(events, command, { request, reply })
      return reply.code(201).header('location', `/users/${answer.user_id}`).send(answer)
    },
  )
}

function registerDelete(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.delete(
    '/users/:id',
    {
      config: { access: { roles: ['manager'] }, refuses: [shopErrors.USER_NOT_FOUND, shopErrors.USER_HAS_OPEN_ORDERS] },
      schema: {
        tags,
        summary: 'Delete a user',
        description:
          'The e-mail address is free again. A user who is not there is answered with 404 and `deleted: false`.',
        headers: onceOnlyHeaders,
        params: idParams,
        response: { 200: deletedSchema },
      },
    },
    async (request, reply) => runCommand(events, deleteUser(request.params.id), { request, reply }),
  )
}

function registerQueries(server: HttpServer, { database }: Pick<Store, 'database'>): void {
  server.get(
    '/users',
    {
      config: { access: { roles: ['employee', 'manager'] } },
      schema: { tags, summary: 'List users, by id', querystring: pageQuery(), response: { 200: userPageSchema } },
    },
    async ({ query }) => {
      const { rows, next } = await listUsers(database.reader, pageRequest(query))
      return { users: rows, next }
    },
  )
  server.get(
    '/users/:id',
    {
      config: { access: { roles: ['employee', 'manager'], own: paramId('id') }, refuses: [shopErrors.USER_NOT_FOUND] },
      schema: {
        tags,
        summary: 'Read a user',
        description: 'A client reads itself.',
        params: idParams,
        response: { 200: userSchema },
      },
    },
    async ({ params }) => getUser(database.reader, params.id),
  )
}
