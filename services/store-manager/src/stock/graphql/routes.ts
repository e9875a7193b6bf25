import { isMagasinError, type MagasinError } from '@magasin/contracts/magasin-error'
import { consistencyHeaders } from '@magasin/host/consistency-token'
import { readModelRefusals, type ReadSide } from '@magasin/host/read-side'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { toProblem } from '@magasin/service-kit/problem'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { FastifyBaseLogger } from 'fastify'
import { execute, Kind, printSchema, type GraphQLError, type GraphQLFormattedError } from 'graphql'
import Type from 'typebox'
import { createDocumentReader, withKind } from './documents.ts'
import { stockAnswers, stockSchema } from './schema.ts'

const body = Type.Object(
  {
    query: Type.String({ minLength: 1, examples: ['{ product(id: "1") { id name sku price quantity } }'] }),
    variables: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
    operationName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  {
    examples: [
      { query: 'query ($id: String!) { stockLevel(productId: $id) }', variables: { id: '1' } },
      { query: '{ lowStock(threshold: 50) { items { id name quantity } next } }' },
    ],
  },
)

const answer = (example: { readonly data?: object; readonly errors?: readonly object[] }) =>
  Type.Object(
    { data: Type.Optional(Type.Unknown()), errors: Type.Optional(Type.Array(Type.Unknown())) },
    { examples: [example] },
  )

const answers = {
  200: answer({ data: { stockLevel: 40 } }),
  400: answer({
    errors: [
      {
        message: 'the variable id is missing or does not fit its type',
        locations: [{ line: 1, column: 8 }],
        extensions: { code: 'GRAPHQL_REQUEST_INVALID' },
      },
    ],
  }),
}

const description = `400 for a document that does not parse or validate, or costs too much; errors of single fields come with 200, beside the data. From the read models, as the reports: with the \`Consistency-Token\` of a command the answer has seen it.

\`\`\`graphql
${printSchema(stockSchema)}
\`\`\``

/** GraphQL over the products and their stock. */
export function registerStockGraphql(server: HttpServer, readSide: ReadSide): void {
  const readDocument = createDocumentReader()
  server.post(
    '/stocks/graphql-query',
    {
      config: {
        access: { roles: ['employee', 'manager', 'supplier'] },
        refuses: readModelRefusals,
      },
      schema: {
        tags: ['stock'],
        summary: 'Ask for products and stock, in GraphQL',
        description,
        headers: consistencyHeaders,
        body,
        response: answers,
      },
    },
    async (request, reply) => {
      const { query, variables, operationName } = request.body
      const read = readDocument(query)
      if ('errors' in read) return reply.code(400).send({ errors: read.errors.map((error) => error.toJSON()) })
      const reader = await readSide.asSeenBy(request)
      const result = await execute({
        schema: stockSchema,
        document: read.document,
        rootValue: stockAnswers(reader),
        variableValues: variables ?? {},
        operationName: operationName ?? null,
      })
      const { data, errors = [] } = result
      const away = errors.map(({ originalError }) => originalError).find(areReadModelsAway)
      if (away !== undefined) throw away
      // Nothing was carried out: a variable does not fit, or there is no such operation.
      if (data === undefined) return reply.code(400).send({ errors: errors.map(refused) })
      return errors.length === 0 ? { data } : { data, errors: errors.map((error) => fieldError(error, request.log)) }
    },
  )
}

/** Then no field has an answer. */
const areReadModelsAway = (error: unknown): error is MagasinError =>
  isMagasinError(error, 'READ_MODELS_UNAVAILABLE') || isMagasinError(error, 'READ_MODELS_NOT_READY')

/** Its own message would repeat the value of the variable. */
function refused(error: GraphQLError): GraphQLFormattedError {
  const definition = error.nodes?.find((node) => node.kind === Kind.VARIABLE_DEFINITION)
  const message =
    definition === undefined
      ? 'there is no operation of this name, or several and none is named'
      : `the variable ${definition.variable.name.value} is missing or does not fit its type`
  return { ...withKind(error, shopErrors.GRAPHQL_REQUEST_INVALID).toJSON(), message }
}

/** Of an error that no caller caused, nothing is told but that it happened. */
function fieldError(error: GraphQLError, log: FastifyBaseLogger): GraphQLFormattedError {
  const { code, detail, status } = toProblem(error.originalError)
  if (status >= 500) log.error({ err: error.originalError ?? error }, 'a field of a query failed unexpectedly')
  return { ...error.toJSON(), message: detail, extensions: { code } }
}
