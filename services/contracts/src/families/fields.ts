import Type from 'typebox'
import { maxPriceCents } from '../money.ts'
import { UserType } from '../user-types.ts'

// The fields that events of several families carry: each has one schema, whoever carries it.

/** The id of anything. */
export const idField = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** What is told of a person: whom to write to, and how. */
export const person = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  email: Type.String({ minLength: 3, maxLength: 254 }),
  user_type_id: Type.Union([
    Type.Literal(UserType.client),
    Type.Literal(UserType.employee),
    Type.Literal(UserType.manager),
  ]),
}

/** What is told of a product, wherever it is named. */
export const productName = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  sku: Type.String({ minLength: 1, maxLength: 64 }),
}

/** A price, in cents. */
export const price = Type.Integer({ minimum: 0, maximum: maxPriceCents })
