import { Check } from 'typebox/schema'

/** What is in an OpenAPI document, as far as it tells of examples. */
export interface ReferenceDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> }
}

export interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly example?: unknown }[]
  readonly requestBody?: { readonly content: Contents }
  readonly responses: Readonly<Record<string, { readonly content?: Contents; readonly headers?: object }>>
}

type Contents = Readonly<Record<string, Media>>

interface Media {
  readonly schema: { readonly $ref?: string }
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

/** Everything in a reference that has no example, or one that its own schema refuses: a body, an answer, what stands in a path. */
export function exampleFaults(document: ReferenceDocument): readonly string[] {
  return operationsOf(document).flatMap(([name, { parameters = [], requestBody, responses }]) => [
    ...parameters
      .filter((parameter) => parameter.in === 'path' && parameter.example === undefined)
      .map((parameter) => `${name}: the parameter ${parameter.name} has no example`),
    ...contentFaults(`${name}: the body`, requestBody?.content, document),
    ...Object.entries(responses).flatMap(([status, { content }]) =>
      contentFaults(`${name}: the answer ${status}`, content, document),
    ),
  ])
}

/** Every operation, such as `GET /users/{id}`. */
export function operationsOf({ paths }: ReferenceDocument): readonly (readonly [name: string, Operation])[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  )
}

/** The examples of a body or an answer. */
export function examplesIn(content: Contents | undefined): readonly unknown[] {
  return Object.values(content ?? {}).flatMap(examplesOf)
}

function examplesOf({ example, examples = {} }: Media): readonly unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)]
}

function contentFaults(what: string, content: Contents = {}, document: ReferenceDocument): readonly string[] {
  return Object.values(content).flatMap((media) => {
    const schema = resolved(media.schema, document)
    const examples = examplesOf(media)
    if (examples.length === 0) return [`${what} has no example`]
    return examples.filter((one) => !Check(schema, one)).map((one) => `${what} refuses ${JSON.stringify(one)}`)
  })
}

function resolved(schema: Media['schema'], { components }: ReferenceDocument): object {
  const name = schema.$ref?.replace('#/components/schemas/', '')
  return name === undefined ? schema : components!.schemas![name]!
}
