import { inTransaction } from '@magasin/subscribers/in-transaction'
import type { Subscription } from '@magasin/subscribers/subscription'
import Type from 'typebox'
import type { Host } from '../host.ts'
import { openOwnStore, type OwnStore } from '../open-own-store.ts'
import { runCommand } from '../run-command.ts'
import type { LoanEvent } from './library-contracts.ts'
import { lend, libraryMigrations, loansTable, type LibraryTables } from './library-domain.ts'
import { testPart } from './parts.ts'

export const library = testPart('library', { events: true, positions: true })

const body = Type.Object({ book: Type.Integer(), reader: Type.String() })

const reminders: Subscription<LoanEvent, LibraryTables> = {
  group: 'reminders',
  on: {
    BookLent: inTransaction(async ({ data: { book } }, { tx }) => {
      await tx.insertInto('reminders').values({ book }).execute()
    }),
  },
}

/** The whole of a second service: it lends books over HTTP, and writes a reminder for each book that was lent. */
export async function startLibrary(host: Host): Promise<OwnStore<LibraryTables>> {
  const own = { part: library, place: host.placeOf(library), catalogue: host.catalogue }
  const store = await host.open(
    () => openOwnStore<LibraryTables>({ ...own, migrations: [libraryMigrations], stateTables: [loansTable] }),
    (opened) => opened.close(),
  )
  host.server.post('/loans', { config: { access: 'public' }, schema: { body } }, (request, reply) =>
    runCommand(store.events, lend(request.body), { request, reply }),
  )
  host.publish(library, store)
  host.subscribe(library, { database: store.database, subscriptions: [reminders] })
  return store
}
