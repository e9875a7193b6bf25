/** The three kinds of user, with the numbers that the lab's clients send as `user_type_id`. */
export const UserType = { client: 1, employee: 2, manager: 3 } as const

/** A kind of user by its word: also the role that a user's token gives. */
export type Role = keyof typeof UserType

/** A kind of user by its number. */
export type UserTypeId = (typeof UserType)[Role]

/** The word for a `user_type_id`, or undefined where no such type exists. */
export function roleOf(userTypeId: number): Role | undefined {
  return roles.find((role) => UserType[role] === userTypeId)
}

/** Every role, in the order of its number. */
export const roles = Object.keys(UserType) as readonly Role[]
