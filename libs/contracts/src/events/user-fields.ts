import Type from 'typebox'
import { UserType } from '../user-types.ts'
import type { Upcaster } from '../define-event.ts'

/** What both user events carry: the lab's fields, under the lab's names. */
export const userFields = Type.Object(
  {
    id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    email: Type.String({ minLength: 3, maxLength: 254 }),
    user_type_id: Type.Union([
      Type.Literal(UserType.client),
      Type.Literal(UserType.employee),
      Type.Literal(UserType.manager),
    ]),
  },
  { additionalProperties: false },
)

export const userStream = (data: { readonly id: number }): string => `user-${data.id}`

/** Before user types existed everyone was a client. */
export const withoutUserType: Upcaster = (data) => ({ user_type_id: UserType.client, ...data })
