import Type, { type TProperties, type TSchema } from 'typebox'

// Parts of the schemas that several families have alike. What the examples show follows from each other: it is what a store answers in
// which nothing was before, and `reference.test.ts` asks it.

/** The id of a thing. */
export const idSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [1] })

/** `/:id` in a path. */
export const idParams = Type.Object({ id: idSchema })

/**
 * A name that people read. No half of a surrogate pair, which no database could give back. Linear in the length: what is checked may
 * be 64 kB long.
 */
export const nameSchema = (example: string) =>
  Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$',
    description: 'something to read, without control characters',
    examples: [example],
  })

/** An amount of money, as people write it. */
export const amountSchema = Type.Number({ description: 'with two decimals at most', examples: [39.9] })

/** What is answered with 201: the id of what was created, under `name`, and its address. */
export const createdSchema = <Name extends string>(name: Name) =>
  Type.Object({ [name]: Type.Integer() } as { readonly [N in Name]: ReturnType<typeof Type.Integer> }, {
    examples: [{ [name]: 1 }],
    headers: { location: { type: 'string', description: 'where it can be read' } },
  })

/** What is answered after something was deleted. */
export const deletedSchema = Type.Object({ deleted: Type.Literal(true) }, { examples: [{ deleted: true }] })

/** The rows that a page may have at most. */
export const maxPage = 200

/** `?after=…&limit=…`, and what else narrows a list. */
export const pageQuery = <Filters extends TProperties>(filters: Filters = {} as Filters, { limit = 50 } = {}) =>
  Type.Object(
    {
      ...filters,
      after: Type.Optional(
        Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'The `next` of the page before' }),
      ),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: maxPage, description: `Rows on a page, ${limit} unless told` }),
      ),
    },
    { additionalProperties: false },
  )

/** A page of a list, whose rows are under `name`. */
export const pageSchema = <Name extends string, Row extends TSchema>(name: Name, row: Row) =>
  Type.Object(
    {
      ...({ [name]: Type.Array(row) } as { readonly [N in Name]: ReturnType<typeof Type.Array<Row>> }),
      next: Type.Union([Type.Integer(), Type.Null()], {
        description: 'Send it as `after` for the next page; null on the last',
      }),
    },
    { examples: [{ [name]: examplesOf(row), next: null }] },
  )

function examplesOf({ examples = [] }: TSchema & { readonly examples?: readonly unknown[] }): readonly unknown[] {
  return examples
}
