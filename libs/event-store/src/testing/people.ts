import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Kysely } from 'kysely'
import type { Command } from '../command.ts'
import type { StateTable } from '../state-table.ts'
import type { EventStoreTables } from '../tables.ts'

/** The smallest shop that has all that an event store must get right: people, by id, each with an e-mail address of their own. */
export type PersonRow = { readonly id: number; readonly email: string; readonly name: string }

export interface PeopleTables extends EventStoreTables {
  people: { id: number; email: string; name: string }
}

export const people: StateTable<PersonRow> = {
  name: 'people',
  key: 'id',
  uniques: ['email'],
  projections: {
    UserCreated: { key: ({ id }) => id, project: (_, { id, email, name }) => ({ id, email, name }) },
    UserDeleted: { key: ({ id }) => id, project: () => undefined },
  },
}

export function createPeopleTable(db: Kysely<PeopleTables>): Promise<void> {
  return db.schema
    .createTable('people')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('email', 'varchar(254)', (column) => column.notNull().unique())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .execute()
}

export function create(id: number, email = `p${id}@example.com`): Command<{ id: number }> {
  return {
    reads: [
      { table: 'people', column: 'id', value: id },
      { table: 'people', column: 'email', value: email },
    ],
    decide(state) {
      if (state.find(people, 'email', email) !== undefined)
        throw new MagasinError('EMAIL_TAKEN', 'the e-mail address is taken')
      return {
        events: [{ type: 'UserCreated', data: { id, email, name: `Person ${id}`, user_type_id: 1 } }],
        answer: { id },
      }
    },
  }
}

export function remove(id: number): Command<{ deleted: true }> {
  return {
    reads: [{ table: 'people', column: 'id', value: id }],
    decide(state) {
      const person = state.find(people, 'id', id)
      if (person === undefined)
        throw new MagasinError('USER_NOT_FOUND', `there is no user ${id}`, { facts: { deleted: false } })
      return { events: [{ type: 'UserDeleted', data: { ...person, user_type_id: 1 } }], answer: { deleted: true } }
    },
  }
}
