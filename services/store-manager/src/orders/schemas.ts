import { maxOrderLines, maxUnits } from '@magasin/shop-contracts/families/orders'
import Type from 'typebox'
import { amountSchema, createdSchema, idSchema, pageQuery } from '../http/schemas.ts'
import { OrderStatus } from './order.ts'

const statusSchema = Type.Union(
  [Type.Literal(OrderStatus.placed), Type.Literal(OrderStatus.paid), Type.Literal(OrderStatus.cancelled)],
  { description: 'placed: its stock is reserved; paid: it is sold; cancelled: it was given back' },
)

const itemSchema = Type.Object({
  product_id: Type.Integer(),
  name: Type.String({ description: 'As it was when the order was placed' }),
  sku: Type.String(),
  quantity: Type.Integer(),
  unit_price: amountSchema,
})

const placed = {
  id: 1,
  user_id: 1,
  total_amount: 79.8,
  items: [{ product_id: 1, name: 'Desk lamp', sku: 'DL90210', quantity: 2, unit_price: 39.9 }],
  payment_link: null,
  is_paid: false,
  status: OrderStatus.placed,
}

export const orderSchema = Type.Object(
  {
    id: Type.Integer(),
    user_id: Type.Integer(),
    total_amount: amountSchema,
    items: Type.Array(itemSchema),
    payment_link: Type.Union([Type.String(), Type.Null()], {
      description: 'Where to pay; null if there is no such link',
    }),
    is_paid: Type.Boolean(),
    status: statusSchema,
  },
  { examples: [placed] },
)

export const placeOrderBody = Type.Object(
  {
    user_id: idSchema,
    items: Type.Array(
      Type.Object(
        { product_id: idSchema, quantity: Type.Integer({ minimum: 1, maximum: maxUnits, examples: [2] }) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: maxOrderLines, description: 'lines of one product are summed' },
    ),
  },
  { additionalProperties: false, examples: [{ user_id: 1, items: [{ product_id: 1, quantity: 2 }] }] },
)

export const orderPlaced = createdSchema('order_id')

export const updateOrderBody = Type.Object(
  {
    order_id: idSchema,
    is_paid: Type.Boolean({ description: 'true: the order is paid. What is paid stays paid' }),
  },
  { additionalProperties: false, examples: [{ order_id: 1, is_paid: true }] },
)

export const orderUpdated = Type.Object({ updated: Type.Literal(true) }, { examples: [{ updated: true }] })

export const orderPageQuery = pageQuery({
  user_id: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Whose; a client sends its own' }),
  ),
  status: Type.Optional(statusSchema),
})
