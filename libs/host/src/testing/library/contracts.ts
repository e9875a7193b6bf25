import { Catalogue } from '@magasin/contracts/catalogue'
import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import Type from 'typebox'

// What two services of the tests agree on: a library lends books, and another one reminds their readers.

export const loans = defineFamily({
  topic: 'loan-events',
  owner: 'library',
  partitions: 2,
  streamOf: ({ book }) => `book-${book}`,
  events: {
    BookLent: {
      schemaVersion: 1,
      schema: Type.Object(
        { book: Type.Integer({ minimum: 1 }), reader: Type.String({ minLength: 1 }) },
        { additionalProperties: false },
      ),
      personal: ['reader'],
      sample: { book: 1, reader: 'Ada Lovelace' },
    },
  },
})

export const reminders = defineFamily({
  topic: 'reminder-events',
  owner: 'reminders',
  partitions: 2,
  streamOf: ({ id }) => `reminder-${id}`,
  events: {
    ReaderReminded: {
      schemaVersion: 1,
      schema: Type.Object({ id: Type.Integer(), book: Type.Integer() }, { additionalProperties: false }),
      beginsStream: true,
      sample: { id: 1, book: 1 },
    },
  },
})

export type LoanEvent = EventOf<typeof loans>
export type ReminderEvent = EventOf<typeof reminders>

export const libraryCatalogue = new Catalogue({ families: [loans, reminders] })
