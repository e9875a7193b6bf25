import { maxPriceCents, amountOf } from '@magasin/shop-contracts/money'
import Type from 'typebox'
import { amountSchema, idSchema, nameSchema } from '../http/schemas.ts'

export const productSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  sku: Type.String(),
  price: amountSchema,
})

export const createProductBody = Type.Object(
  {
    name: nameSchema('Laptop ABC'),
    sku: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[\\x21-\\x7e]*$',
      description: 'visible ASCII characters; upper and lower case do not make another one',
      examples: ['LP12567'],
    }),
    price: Type.Number({
      minimum: 0,
      maximum: amountOf(maxPriceCents),
      description: 'with two decimals at most',
      examples: [1999.99],
    }),
  },
  { additionalProperties: false },
)

/** Where a product was created. */
export const productCreated = Type.Object({ product_id: idSchema })
