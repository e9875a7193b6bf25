import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { StateTable } from '@magasin/event-store/state-table'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { MigrationSet } from '@magasin/sql/migrate'
import { createTable, inSteps } from '@magasin/sql/schema-steps'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { LoanEvent } from './library-contracts.ts'

type Loan = { readonly book: number; readonly reader: string }

/** The tables of the library: what is lent, and the reminders that its subscription writes. */
export interface LibraryTables extends EventStoreTables, SubscriberTables {
  loans: Loan
  reminders: { book: number }
}

export const libraryMigrations: MigrationSet = {
  part: 'library',
  migrations: {
    '0001-library': inSteps(
      createTable('loans', '(book bigint not null primary key, reader varchar(200) not null)'),
      createTable('reminders', '(book bigint not null)'),
    ),
  },
}

export const loansTable: StateTable<Loan, LoanEvent> = {
  name: 'loans',
  key: ['book'],
  projections: { BookLent: (loan) => [{ put: loan }] },
}

/** Lends a book that nobody has. */
export function lend(loan: Loan): Command<Loan> {
  return {
    reads: [{ table: loansTable, where: { book: loan.book } }],
    decide(state) {
      if (state.find(loansTable, { book: loan.book }) !== undefined)
        throw new MagasinError('INPUT_INVALID', `book ${loan.book} is lent`)
      return { events: [{ type: 'BookLent', data: loan }], answer: loan }
    },
  }
}
