import { MagasinError } from '@magasin/contracts/magasin-error'
import { UserType } from '@magasin/shop-contracts/user-types'
import { callerOf, paramId } from '@magasin/service-kit/access'
import type { HttpServer } from '@magasin/service-kit/http-server'
import Type from 'typebox'
import { createUser } from '../commands/create-user.ts'
import { deleteUser } from '../commands/delete-user.ts'
import type { Store } from '../open-store.ts'
import { getUser } from '../queries/get-user.ts'
import { listUsers } from '../queries/list-users.ts'
import { answerOf, commandContext, onceOnlyHeaders } from './once-only.ts'
import { createUserBody, userIdParams, userPageQuery, userPageSchema, userSchema } from './user-schemas.ts'

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
      config: { access: { roles: ['employee', 'manager'] } },
      schema: {
        tags,
        summary: 'Create a user',
        description: 'Employees create clients; managers create anyone. Without `user_type_id` the user is a client.',
        headers: onceOnlyHeaders,
        body: createUserBody,
        response: { 201: Type.Object({ user_id: Type.Integer() }) },
      },
    },
    async (request, reply) => {
      const { user_type_id = UserType.client, name, email } = request.body
      if (user_type_id !== UserType.client && callerOf(request).role !== 'manager')
        throw new MagasinError('FORBIDDEN', 'only a manager creates employees and managers')
      const command = createUser({ name, email, user_type_id })
      const answer = answerOf(await events.execute(command, commandContext(request)), reply)
      return reply.code(201).header('location', `/users/${answer.user_id}`).send(answer)
    },
  )
}

function registerDelete(server: HttpServer, { events }: Pick<Store, 'events'>): void {
  server.delete(
    '/users/:id',
    {
      config: { access: { roles: ['manager'] } },
      schema: {
        tags,
        summary: 'Delete a user',
        description:
          'The e-mail address is free again. A user who is not there is answered with 404 and `deleted: false`.',
        headers: onceOnlyHeaders,
        params: userIdParams,
        response: { 200: Type.Object({ deleted: Type.Literal(true) }) },
      },
    },
    async (request, reply) =>
      answerOf(await events.execute(deleteUser(request.params.id), commandContext(request)), reply),
  )
}

function registerQueries(server: HttpServer, { database }: Pick<Store, 'database'>): void {
  server.get(
    '/users',
    {
      config: { access: { roles: ['employee', 'manager'] } },
      schema: { tags, summary: 'List users, by id', querystring: userPageQuery, response: { 200: userPageSchema } },
    },
    async ({ query: { after = 0, limit = 50 } }) => {
      const { users, next } = await listUsers(database.reader, { after, limit })
      return { users: [...users], next }
    },
  )
  server.get(
    '/users/:id',
    {
      config: { access: { roles: ['employee', 'manager'], own: paramId('id') } },
      schema: {
        tags,
        summary: 'Read a user',
        description: 'A client reads itself.',
        params: userIdParams,
        response: { 200: userSchema },
      },
    },
    async ({ params }) => getUser(database.reader, params.id),
  )
}
