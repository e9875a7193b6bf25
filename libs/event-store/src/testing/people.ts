import { MagasinError } from '@magasin/contracts/magasin-error'
import { clubErrors, type ClubEvent } from '@magasin/contracts/testing/members'
import type { Kysely } from 'kysely'
import type { Command } from '../commands/command.ts'
import type { StateTable } from '../state-table.ts'
import type { EventStoreTables } from '../tables.ts'

/** The smallest shop that has all that an event store must get right: people, by id, each with an contact of their own. */
export type PersonRow = { readonly id: number; readonly contact: string; readonly name: string }

export interface PeopleTables extends EventStoreTables {
  people: { id: number; contact: string; name: string }
}

export const people: StateTable<PersonRow, ClubEvent> = {
  name: 'people',
  key: ['id'],
  uniques: ['contact'],
  projections: {
    MemberJoined: ({ id, contact, name }) => [{ put: { id, contact, name } }],
    MemberLeft: ({ id }) => [{ remove: { id } }],
  },
}

export function createPeopleTable(db: Kysely<PeopleTables>): Promise<void> {
  return db.schema
    .createTable('people')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('contact', 'varchar(254)', (column) => column.notNull().unique())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .execute()
}

export function create(id: number, contact = `p${id}@example.com`): Command<{ id: number }> {
  return {
    reads: [
      { table: people, where: { id } },
      { table: people, where: { contact } },
    ],
    decide(state) {
      if (state.find(people, { contact }) !== undefined)
        throw new MagasinError(clubErrors.CONTACT_TAKEN, 'the contact is taken')
      return {
        events: [{ type: 'MemberJoined', data: { id, contact, name: `Person ${id}`, level: 1 } }],
        answer: { id },
      }
    },
  }
}

/** Mine, if yours is not there. */
export function createUnless(mine: number, yours: number): Command<null> {
  return {
    reads: [
      { table: people, where: { id: mine } },
      { table: people, where: { id: yours } },
    ],
    decide(state) {
      if (state.find(people, { id: yours }) !== undefined)
        throw new MagasinError(clubErrors.CONTACT_TAKEN, 'the other was first')
      const data = { id: mine, contact: `p${mine}@example.com`, name: 'x', level: 1 }
      return { events: [{ type: 'MemberJoined', data }], answer: null }
    },
  }
}

/** A person who gets an id when the command is carried out. */
export function join(contact: string): Command<{ id: number }> {
  return {
    reads: [{ table: people, where: { contact } }],
    newId: 'member',
    decide(state, { id }) {
      if (state.find(people, { contact }) !== undefined)
        throw new MagasinError(clubErrors.CONTACT_TAKEN, 'the contact is taken')
      return { events: [{ type: 'MemberJoined', data: { id, contact, name: 'x', level: 1 } }], answer: { id } }
    },
  }
}

export function remove(id: number): Command<{ deleted: true }> {
  return {
    reads: [{ table: people, where: { id } }],
    decide(state) {
      const person = state.find(people, { id })
      if (person === undefined)
        throw new MagasinError(clubErrors.MEMBER_NOT_FOUND, `there is no member ${id}`, { facts: { deleted: false } })
      return { events: [{ type: 'MemberLeft', data: { ...person, level: 1 } }], answer: { deleted: true } }
    },
  }
}
