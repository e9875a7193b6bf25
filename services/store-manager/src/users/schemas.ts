import { UserType } from '@magasin/shop-contracts/user-types'
import Type from 'typebox'
import { createdSchema, nameSchema, pageSchema } from '../http/schemas.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com', user_type_id: UserType.client }

const userTypeId = Type.Union(
  [Type.Literal(UserType.client), Type.Literal(UserType.employee), Type.Literal(UserType.manager)],
  { description: '1 client, 2 employee, 3 manager', examples: [UserType.client] },
)

export const userSchema = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    email: Type.String(),
    user_type_id: userTypeId,
  },
  { examples: [{ id: 1, ...ada }] },
)

export const createUserBody = Type.Object(
  {
    name: nameSchema(ada.name),
    // One @, a dot behind it, nothing that an SMTP server would have to be told in quotes. Whether it exists only a letter can tell.
    email: Type.String({
      maxLength: 254,
      pattern:
        '^[^\\s@<>()\\[\\]\\\\,;:"\\p{Cc}\\p{Cs}]+@[^\\s@<>()\\[\\]\\\\,;:"\\p{Cc}\\p{Cs}.]+(\\.[^\\s@<>()\\[\\]\\\\,;:"\\p{Cc}\\p{Cs}.]+)+$',
      description: 'an e-mail address like ada@example.com',
      examples: [ada.email],
    }),
    user_type_id: Type.Optional(userTypeId),
  },
  { additionalProperties: false, examples: [ada] },
)

export const userCreated = createdSchema('user_id')

export const userPageSchema = pageSchema('users', userSchema)
