import type { ErrorKind } from '@magasin/contracts/error-kinds'
import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import { GraphQLError, OperationTypeNode, parse, validate, type DocumentNode } from 'graphql'
import { limits, sizeOf } from './limits.ts'
import { stockSchema } from './schema.ts'

/** A document that may be carried out, or why it may not. */
export type Read = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

/** Programs send the same few documents again and again. More than a hundred would be made to fill memory: 8 kB each, and its tree. */
const mostKept = 100

/** Reads documents, and keeps those last seen first that are sound. */
export function createDocumentReader(): (query: string) => Read {
  const kept = new Map<string, Read>()
  return (query) => {
    const known = kept.get(query)
    if (known !== undefined) return known
    const read = readDocument(query)
    if ('errors' in read) return read
    if (kept.size >= mostKept) for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest)
    kept.set(query, read)
    return read
  }
}

function readDocument(query: string): Read {
  if (query.length > limits.length) return tooLarge(`the query has more than ${limits.length} characters`)
  let document: DocumentNode
  try {
    document = parse(query, { maxTokens: limits.tokens })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    if (/contains more .* tokens/.test(error.message))
      return tooLarge(`the query has more than ${limits.tokens} tokens`)
    return { errors: [withKind(error, shopErrors.GRAPHQL_PARSE_FAILED)] }
  }
  const { depth, cost } = sizeOf(document)
  if (depth > limits.depth) return tooLarge(`the query is more than ${limits.depth} levels deep`)
  if (cost > limits.cost) return tooLarge(`the query costs ${cost}, and may cost ${limits.cost}`)
  // No rule of GraphQL itself refuses an operation that the schema has no type for.
  const other = document.definitions.find((each) => 'operation' in each && each.operation !== OperationTypeNode.QUERY)
  if (other !== undefined) {
    const error = new GraphQLError('only queries are answered here', { nodes: other })
    return { errors: [withKind(error, shopErrors.GRAPHQL_VALIDATION_FAILED)] }
  }
  const errors = validate(stockSchema, document, undefined, { maxErrors: 10 })
  if (errors.length > 0) return { errors: errors.map((error) => withKind(error, shopErrors.GRAPHQL_VALIDATION_FAILED)) }
  return { document }
}

function tooLarge(message: string): Read {
  return { errors: [withKind(new GraphQLError(message), shopErrors.GRAPHQL_TOO_COSTLY)] }
}

/** The error with the code of its kind, and nothing that the parser or a rule knows beside. */
export function withKind(error: GraphQLError, { code }: ErrorKind): GraphQLError {
  const { message, nodes = null, source = null, positions = null } = error
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } })
}
