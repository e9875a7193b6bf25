import Type from 'typebox'
import type { Host } from '../../host.ts'
import { openOwnStore, type OwnStore } from '../../open-own-store.ts'
import { runCommand } from '../../run-command.ts'
import { testPart } from '../parts.ts'
import { lend, libraryMigrations, loansTable, type LibraryTables } from './loans.ts'

export const library = testPart('library', { events: true })

const body = Type.Object({ book: Type.Integer(), reader: Type.String() })

/** The whole of a service that takes commands: it lends books over HTTP. */
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
  return store
}
