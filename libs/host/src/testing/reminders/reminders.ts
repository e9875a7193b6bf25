import type { Command } from '@magasin/event-store/command'
import type { StateTable } from '@magasin/event-store/state-table'
import type { EventStoreTables } from '@magasin/event-store/tables'
import type { MigrationSet } from '@magasin/sql/migrate'
import { createTable, inSteps } from '@magasin/sql/schema-steps'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import type { ReminderEvent } from '../library/contracts.ts'

type Reminder = { readonly id: number; readonly book: number }

export interface ReminderTables extends EventStoreTables, SubscriberTables {
  reminders: Reminder
}

export const reminderMigrations: MigrationSet = {
  name: 'reminders',
  migrations: {
    '0001-reminders': inSteps(createTable('reminders', '(id bigint not null primary key, book bigint not null)')),
  },
}

export const remindersTable: StateTable<Reminder, ReminderEvent> = {
  name: 'reminders',
  key: ['id'],
  projections: { ReaderReminded: (reminder) => [{ put: reminder }] },
}

/** Reminds the reader of a book. Twice is twice: that it happens once for a loan is for the one who asks. */
export function remind(book: number): Command<undefined> {
  return {
    reads: [],
    newId: 'reminder',
    decide: (_state, { id }) => ({ events: [{ type: 'ReaderReminded', data: { id, book } }], answer: undefined }),
  }
}
