import Type from 'typebox'
import { idSchema } from '../http/schemas.ts'

const level = { product_id: 1, quantity: 40 }

export const levelSchema = Type.Object(
  { product_id: Type.Integer(), quantity: Type.Integer({ minimum: 0 }) },
  { examples: [level] },
)

export const setStockBody = Type.Object(
  {
    product_id: idSchema,
    quantity: Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'how many can be sold from now on; those that open orders have reserved are not among them',
      examples: [level.quantity],
    }),
  },
  { additionalProperties: false, examples: [level] },
)

export const stockSet = Type.Object(
  { result: Type.Literal('set'), product_id: Type.Integer(), quantity: Type.Integer() },
  { examples: [{ result: 'set', ...level }] },
)

/** `/:product_id` in a path. */
export const productIdParams = Type.Object({ product_id: idSchema })
