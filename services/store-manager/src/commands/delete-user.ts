import type { Command } from '@magasin/event-store/command'
import { decideDeleteUser } from '../domain/delete-user.ts'
import { userOf, users } from '../state/users.ts'

/** Deletes a user who is there. */
export function deleteUser(id: number): Command<{ readonly deleted: true }> {
  return {
    reads: [{ table: users.name, column: 'id', value: id }],
    decide(state) {
      const row = state.find(users, 'id', id)
      return { events: decideDeleteUser(row && userOf(row), id), answer: { deleted: true } }
    },
  }
}
