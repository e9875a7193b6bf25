import { Catalogue } from '@magasin/contracts/catalogue'
import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import Type from 'typebox'

// What a second service and others agree on: a library, whose books are lent.

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

export type LoanEvent = EventOf<typeof loans>

export const libraryCatalogue = new Catalogue({ families: [loans] })
