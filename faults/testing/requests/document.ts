import { Ajv2020 } from 'ajv/dist/2020.js'

/** A JSON schema, as far as values are made of it. */
export interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly examples?: readonly unknown[]
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

/** Whether a value is as a schema says. */
export type Judge = (value: unknown) => boolean

/** What is said of one status: the judge of its body, by media type. */
export type Described = ReadonlyMap<string, Judge>

export interface Operation {
  /** `POST /users`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body?: Schema
  /** Undefined if it takes no body. */
  readonly acceptsBody?: Judge
  /** The codes of the problems of which it tells. */
  readonly problems: ReadonlySet<string>
  /** By status, or `default`. */
  readonly answers: ReadonlyMap<string, Described>
}

export interface ApiDocument {
  readonly operations: readonly Operation[]
  judgeOf(schema: Schema): Judge
}

interface Media {
  readonly schema?: Schema
  readonly examples?: Readonly<Record<string, unknown>>
}

/** OpenAPI 3.1, as far as it is read here. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PathOperation>>>>
  readonly components?: Readonly<Record<string, unknown>>
}

interface PathOperation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

/** The operations that an OpenAPI document tells of, with what judges their bodies and answers. */
export function readDocument({ paths, components }: OpenApi): ApiDocument {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false })
  const judges = new WeakMap<Schema, Judge>()
  const judgeOf = (schema: Schema): Judge => {
    let judge = judges.get(schema)
    if (judge === undefined) {
      // References lead to the components from wherever they stand.
      const validate = ajv.compile({ components, allOf: [schema] })
      judges.set(schema, (judge = (value) => validate(value)))
    }
    return judge
  }
  const described = (content: Readonly<Record<string, Media>> = {}): Described =>
    new Map(Object.entries(content).map(([type, { schema = {} }]) => [type, judgeOf(schema)]))
  const operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, said]): Operation => {
      const body = said.requestBody?.content['application/json']?.schema
      const name = `${method.toUpperCase()} ${path}`
      const answers = new Map(
        Object.entries(said.responses).map(([status, { content }]) => [status, described(content)]),
      )
      const problems = new Set(
        Object.keys(said.responses['default']?.content?.['application/problem+json']?.examples ?? {}),
      )
      const takes = body === undefined ? {} : { body, acceptsBody: judgeOf(body) }
      return {
        name,
        method: method.toUpperCase(),
        path,
        parameters: said.parameters ?? [],
        problems,
        answers,
        ...takes,
      }
    }),
  )
  return { operations, judgeOf }
}
