import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Command } from '@magasin/event-store/command'
import type { StateTable } from '@magasin/event-store/state-table'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { MigrationSet } from '@magasin/sql/migrate'
import { createTable, inSteps } from '@magasin/sql/schema-steps'
import type { LoanEvent } from './contracts.ts'

type Loan = { readonly book: number; readonly reader: string }

export interface LibraryTables extends EventStoreTables {
  loans: Loan
}

export const libraryMigrations: MigrationSet = {
  name: 'library',
  migrations: {
    '0001-loans': inSteps(createTable('loans', '(book bigint not null primary key, reader varchar(200) not null)')),
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
