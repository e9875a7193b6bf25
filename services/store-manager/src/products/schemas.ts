import { maxPriceCents, amountOf } from '@magasin/shop-contracts/money'
import Type from 'typebox'
import { amountSchema, createdSchema, nameSchema } from '../http/schemas.ts'

/** Not one of the seed data: who tries it is not refused. */
const lamp = { name: 'Desk lamp', sku: 'DL90210', price: 39.9 }

export const productSchema = Type.Object(
  { id: Type.Integer(), name: Type.String(), sku: Type.String(), price: amountSchema },
  { examples: [{ id: 1, ...lamp }] },
)

export const createProductBody = Type.Object(
  {
    name: nameSchema(lamp.name),
    sku: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[\\x21-\\x7e]*$',
      description: 'visible ASCII characters; upper and lower case do not make another one',
      examples: [lamp.sku],
    }),
    price: Type.Number({
      minimum: 0,
      maximum: amountOf(maxPriceCents),
      description: 'with two decimals at most',
      examples: [lamp.price],
    }),
  },
  { additionalProperties: false, examples: [lamp] },
)

export const productCreated = createdSchema('product_id')
