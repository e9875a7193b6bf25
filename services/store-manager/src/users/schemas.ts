import { UserType } from '@magasin/shop-contracts/user-types'
import Type from 'typebox'

const userTypeId = Type.Union(
  [Type.Literal(UserType.client), Type.Literal(UserType.employee), Type.Literal(UserType.manager)],
  { description: '1 client, 2 employee, 3 manager', examples: [UserType.client] },
)

export const userSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  user_type_id: userTypeId,
})

export const createUserBody = Type.Object(
  {
    // No half of a surrogate pair, which no database could give back. Linear in the length: what is checked may be 64 kB long.
    name: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$',
      description: 'something to read, without control characters',
      examples: ['Ada Lovelace'],
    }),
    // One @, a dot behind it, nothing that an SMTP server would have to be told in quotes. Whether it exists only a letter can tell.
    email: Type.String({
      maxLength: 254,
      pattern:
        '^[^\\s@<>()\\[\\]\\\\,;:"\\p{Cc}\\p{Cs}]+@[^\\s@<>()\\[\\]\\\\,;:"\\p{Cc}\\p{Cs}.]+(\\.[^\\s@<>()\\[\\]\\\\,;:"\\p{Cc}\\p{Cs}.]+)+$',
      description: 'an e-mail address like ada@example.com',
      examples: ['ada@example.com'],
    }),
    user_type_id: Type.Optional(userTypeId),
  },
  { additionalProperties: false },
)

export const userIdParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})

export const userPageQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'The `next` of the page before' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Users on a page, 50 unless told' })),
  },
  { additionalProperties: false },
)

export const userPageSchema = Type.Object({
  users: Type.Array(userSchema),
  next: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Send it as `after` for the next page; null on the last',
  }),
})
